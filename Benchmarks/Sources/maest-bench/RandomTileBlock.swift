import MAESTKernels
import MAESTTensor

/// The dense layers of an encoder block, of random numbers, packed in units, with a norm's scale and bias.
struct RandomTileBlock {
  let query, key, value, output, expansion, contraction: TileWeight
  /// `[embedding]`.
  let scale, offset: Vector

  /// The numbers of ``RandomBlock``.
  init(_ shape: ModelShape, _ kernels: TileKernels) {
    let block = RandomBlock(shape)
    let embedding = kernels.format.groups(width: shape.embeddingWidth)
    let heads = kernels.format.groups(count: shape.headCount, width: shape.headWidth)
    let hidden = kernels.format.groups(width: shape.feedForwardWidth)
    query = Self.pack(block.query, embedding, heads, kernels)
    key = Self.pack(block.key, embedding, heads, kernels)
    value = Self.pack(block.value, embedding, heads, kernels)
    output = Self.pack(block.output, heads, embedding, kernels)
    expansion = Self.pack(block.expansion, embedding, hidden, kernels)
    contraction = Self.pack(block.contraction, hidden, embedding, kernels)
    (scale, offset) = (block.output.bias, block.contraction.bias)
  }

  private static func pack(
    _ layer: RandomDense, _ rows: TileGroups, _ columns: TileGroups, _ kernels: TileKernels
  ) -> TileWeight {
    let units = kernels.units(TileWeight.unitCount(rows: rows, columns: columns))
    kernels.pack(
      layer.weight.matrix, rows: rows, columns: columns, panels: 0..<columns.unitCount, into: units)
    return TileWeight(units: units.readOnly, rows: rows, columns: columns, bias: layer.bias)
  }
}
