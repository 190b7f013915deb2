/// What one pass needs of one encoder block.
struct BlockDemand {
  /// The block's number, from 1.
  let layer: Int
  /// The points to be read in this block.
  let taps: [Tap]
  /// Whether the output for CLS and DIST is computed on its own: it is then the same whatever else is asked for.
  let leadingOutput: Bool
  /// Whether all tokens' output is computed.
  let output: Bool
  /// Whether every token's queries go to the keys, for the output or a point on the way there.
  let attendsAll: Bool

  /// - Parameters:
  ///   - taps: all that is asked for.
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

  /// The demands on each block that the taps need, the first block first.
  static func demands(_ taps: Set<Tap>, blockCount: Int) -> [BlockDemand] {
    let deepest = taps.map { $0.layer ?? blockCount }.max() ?? 0
    return (0..<deepest).map { index in
      BlockDemand(
        layer: index + 1, of: taps, isDeepest: index + 1 == deepest, isLast: index + 1 == blockCount)
    }
  }
}

extension Tap {
  /// Whether the point lies at a block's output or after it.
  fileprivate var readsOutput: Bool {
    switch self {
    case .logits, .blockOutput, .finalNorm: true
    case .attentionOutput, .attentionWeights, .queries, .keys, .values: false
    }
  }
}
