import MAESTKernels
import MAESTWeights

/// The positions of an encoder block's weights in its packed units: one weight after the other, in the order of the
/// block's steps.
///
/// Heads are padded to whole units, so that no unit belongs to two heads. The published models have 64 columns per head
/// and need no padding.
struct TileBlockLayout: Sendable {
  struct Part: Sendable {
    let rows: TileGroups
    let columns: TileGroups
    let units: Range<Int>
  }

  let query: Part
  let key: Part
  let value: Part
  let output: Part
  let expansion: Part
  let contraction: Part

  init(_ configuration: ModelConfiguration, _ format: TileFormat) {
    let embedding = format.groups(width: configuration.embeddingWidth)
    let heads = format.groups(count: configuration.headCount, width: configuration.headWidth)
    let hidden = format.groups(width: configuration.feedForwardWidth)
    var end = 0
    func part(_ rows: TileGroups, _ columns: TileGroups) -> Part {
      let first = end
      end += TileWeight.unitCount(rows: rows, columns: columns)
      return Part(rows: rows, columns: columns, units: first..<end)
    }
    query = part(embedding, heads)
    key = part(embedding, heads)
    value = part(embedding, heads)
    output = part(heads, embedding)
    expansion = part(embedding, hidden)
    contraction = part(hidden, embedding)
  }

  /// The units of all weights.
  var unitCount: Int { contraction.units.upperBound }

  /// Each part and the name of its module.
  func parts(ofBlock block: Int) -> [(module: String, part: Part)] {
    [
      (ParameterName.query(block), query), (ParameterName.key(block), key),
      (ParameterName.value(block), value),
      (ParameterName.attentionOutput(block), output), (ParameterName.expansion(block), expansion),
      (ParameterName.contraction(block), contraction),
    ]
  }
}
