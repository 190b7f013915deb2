import MAESTNetwork
import MAESTWeights

extension NetworkTwin.Output {
  typealias Value = (shape: [Int], values: [Double])

  /// The values and shapes at all of `RandomModel.allTaps` but the logits.
  func values(_ configuration: ModelConfiguration) -> [Tap: Value] {
    var values: [Tap: Value] = [:]
    for (index, block) in blocks.enumerated() {
      values.merge(block.values(layer: index + 1, configuration)) { first, _ in first }
    }
    guard let finalNorm else { return values }
    for selection in NetworkTwin.Block.selections {
      values[.finalNorm(tokens: selection)] = NetworkTwin.Block.rows(finalNorm, selection)
    }
    return values
  }
}

extension NetworkTwin.Block {
  static let chosen = TokenSelection.tokens([2, 0, 1])
  static let selections: [TokenSelection] = [.all, .leading, chosen]

  static func rows(_ rows: [NetworkTwin.Row], _ selection: TokenSelection) -> NetworkTwin.Output.Value {
    let rows = selection.indices(tokenCount: rows.count).map { rows[$0] }
    return ([rows.count, rows[0].count], rows.flatMap(\.self))
  }

  func values(layer: Int, _ configuration: ModelConfiguration) -> [Tap: NetworkTwin.Output.Value] {
    let heads = [queries.count, configuration.headCount, configuration.headWidth]
    var found: [Tap: NetworkTwin.Output.Value] = [
      .queries(layer: layer): (heads, queries.flatMap(\.self)),
      .keys(layer: layer): (heads, keys.flatMap(\.self)),
      .values(layer: layer): (heads, values.flatMap(\.self)),
      .attentionOutput(layer: layer): Self.rows(attentionOutput, .all),
      .attentionWeights(layer: layer): weights(.leading),
      .attentionWeights(layer: layer, queries: .all): weights(.all),
      .attentionWeights(layer: layer, queries: Self.chosen, heads: .mean): meanWeights(Self.chosen),
    ]
    for selection in Self.selections {
      found[.blockOutput(layer: layer, tokens: selection)] = Self.rows(output, selection)
    }
    return found
  }

  private func weights(_ selection: TokenSelection) -> NetworkTwin.Output.Value {
    let matrices = weights.map { Self.rows($0, selection) }
    return ([weights.count] + matrices[0].shape, matrices.flatMap(\.values))
  }

  private func meanWeights(_ selection: TokenSelection) -> NetworkTwin.Output.Value {
    let matrices = weights.map { Self.rows($0, selection) }
    let sums = matrices.dropFirst().reduce(matrices[0].values) { zip($0, $1.values).map(+) }
    return (matrices[0].shape, sums.map { $0 / Double(weights.count) })
  }
}
