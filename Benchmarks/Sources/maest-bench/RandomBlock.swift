import MAESTKernels
import MAESTTensor

/// A dense layer of random numbers.
struct RandomDense {
  /// `[in, out]`.
  var weight: Weight
  let bias: Vector

  /// Outputs are about as large as inputs.
  init(_ rows: Int, _ columns: Int, seed: UInt64) {
    weight = Weight(
      randomMatrix(rows, columns, deviation: 1 / Float(rows).squareRoot(), seed: seed).readOnly)
    bias = Vector(copying: noise(columns, seed: seed))
  }
}

/// The dense layers of an encoder block, of random numbers.
struct RandomBlock {
  typealias Layer = WritableKeyPath<RandomBlock, RandomDense>

  var query, key, value, output, expansion, contraction: RandomDense

  init(_ shape: ModelShape) {
    query = RandomDense(shape.embeddingWidth, shape.attentionWidth, seed: 1)
    key = RandomDense(shape.embeddingWidth, shape.attentionWidth, seed: 2)
    value = RandomDense(shape.embeddingWidth, shape.attentionWidth, seed: 3)
    output = RandomDense(shape.attentionWidth, shape.embeddingWidth, seed: 4)
    expansion = RandomDense(shape.embeddingWidth, shape.feedForwardWidth, seed: 5)
    contraction = RandomDense(shape.feedForwardWidth, shape.embeddingWidth, seed: 6)
  }

  /// The layers that the network packs: all of them, or, where only CLS and DIST are wanted, those that every
  /// token goes through.
  static func packedLayers(isWhole: Bool) -> [Layer] {
    let everyToken: [Layer] = [\.key, \.value]
    return isWhole ? everyToken + [\.query, \.output, \.expansion, \.contraction] : everyToken
  }

  /// The numbers in some of the weights.
  func numberCount(_ layers: [Layer]) -> Int {
    layers.map { self[keyPath: $0].weight }.reduce(0) { $0 + $1.rows * $1.columns }
  }

  /// The block with some of its weights in the order in which the backend reads them, in memory of its own.
  func packed(_ layers: [Layer], on compute: Compute) -> RandomBlock {
    let weights = layers.map { self[keyPath: $0].weight }
    let count = weights.reduce(0) { $0 + compute.packedCount(rows: $1.rows, columns: $1.columns) }
    var block = self
    let packed = compute.pack(weights, into: MutableMatrix(rows: 1, columns: count))
    for (layer, weight) in zip(layers, packed) { block[keyPath: layer].weight = weight }
    return block
  }
}

/// Even noise of a deviation about 0 `[rows, columns]`.
func randomMatrix(_ rows: Int, _ columns: Int, deviation: Float, seed: UInt64) -> MutableMatrix {
  // Noise from -1 to 1 has a deviation of 1 / sqrt(3).
  let factor = deviation * Float(3).squareRoot()
  let values = noise(rows * columns, seed: seed).map { $0 * factor }
  let matrix = MutableMatrix(rows: rows, columns: columns)
  matrix.copy(from: Matrix(copying: values, rows: rows, columns: columns))
  return matrix
}
