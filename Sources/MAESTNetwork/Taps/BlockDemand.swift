/// The values that one forward pass needs from one encoder block.
struct BlockDemand {
  /// The block's number, from 1.
  let layer: Int
  /// The taps to read in this block.
  let taps: [Tap]
  /// Whether the output for CLS and DIST is computed separately, so that it is the same whatever other taps are requested.
  let leadingOutput: Bool
  /// Whether all tokens' output is computed.
  let output: Bool
  /// Whether every token attends, for the output or for a tap that comes before it.
  let attendsAll: Bool

  /// - Parameters:
  ///   - taps: all requested taps.
  ///   - isDeepest: whether no later block is needed.
  ///   - isLast: whether the block is the model's last one.
  init(layer: Int, of taps: Set<Tap>, isDeepest: Bool, isLast: Bool) {
    let own = taps.filter { $0.layer == layer }
    let results = isLast ? own.union(taps.filter { $0.layer == nil }) : own
    self.layer = layer
    self.taps = Array(own)
    leadingOutput = results.contains { $0.readsOutput && $0.tokens ?? .leading == .leading }
    output = !isDeepest || results.contains { $0.readsOutput && $0.tokens ?? .leading != .leading }
    attendsAll =
      output || own.contains(.attentionOutput(layer: layer)) || own.contains(.queries(layer: layer))
  }

  /// The demands on the blocks that the taps need, in the order of the blocks.
  static func demands(_ taps: Set<Tap>, blockCount: Int) -> [BlockDemand] {
    let deepest = taps.map { $0.layer ?? blockCount }.max() ?? 0
    return (0..<deepest).map { index in
      BlockDemand(
        layer: index + 1, of: taps, isDeepest: index + 1 == deepest, isLast: index + 1 == blockCount)
    }
  }
}

extension Tap {
  /// Whether the tap is a block's output or comes after it.
  fileprivate var readsOutput: Bool {
    switch self {
    case .logits, .blockOutput, .finalNorm: true
    case .attentionOutput, .attentionWeights, .queries, .keys, .values: false
    }
  }
}
