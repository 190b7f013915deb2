import MAESTKernels
import MAESTTensor
import MAESTWeights

/// An encoder block's weights in packed units.
struct TiledBlock: Sendable {
  let precision: Precision
  let query: TileWeight
  let key: TileWeight
  let value: TileWeight
  let output: TileWeight
  let expansion: TileWeight
  let contraction: TileWeight

  init(_ file: WeightFile, block: Int, _ packed: PackedWeights) {
    precision = packed.precision
    let layout = TileBlockLayout(file.configuration, packed.format)
    let units = packed.blocks[block]
    func weight(_ module: String, _ part: TileBlockLayout.Part) -> TileWeight {
      TileWeight(
        units: units[rows: part.units], rows: part.rows, columns: part.columns,
        bias: file.vector(ParameterName.bias(module)))
    }
    query = weight(ParameterName.query(block), layout.query)
    key = weight(ParameterName.key(block), layout.key)
    value = weight(ParameterName.value(block), layout.value)
    output = weight(ParameterName.attentionOutput(block), layout.output)
    expansion = weight(ParameterName.expansion(block), layout.expansion)
    contraction = weight(ParameterName.contraction(block), layout.contraction)
  }
}
