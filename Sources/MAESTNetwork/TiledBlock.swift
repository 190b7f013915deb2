import MAESTKernels
import MAESTTensor
import MAESTWeights

/// An encoder block's weights for products of tiles.
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
    let units = packed.blocks[block]
    let weights = TileBlockLayout(file.configuration).parts(ofBlock: block).map { module, part in
      TileWeight(
        units: units[rows: part.units], rows: part.rows, columns: part.columns,
        bias: file.vector(ParameterName.bias(module)))
    }
    (query, key, value) = (weights[0], weights[1], weights[2])
    (output, expansion, contraction) = (weights[3], weights[4], weights[5])
  }
}
