import MAESTKernels
import MAESTTensor
import MAESTWeights

/// A dense layer: `output = input · weight + bias`.
///
/// input: `[token, in]`; weight: `[in, out]`; bias: `[out]`; output: `[token, out]`.
struct Dense: Sendable {
  var weight: Weight
  let bias: Vector

  init(_ file: WeightFile, _ module: String) {
    weight = Weight(file.matrix(ParameterName.weight(module)))
    bias = file.vector(ParameterName.bias(module))
  }

  func callAsFunction(_ input: Matrix, into output: MutableMatrix, _ compute: Compute) {
    compute.linear(input, weight: weight, bias: bias, into: output)
  }

  func callAsFunction(_ input: Matrix, addingTo output: MutableMatrix, _ compute: Compute) {
    compute.linear(input, weight: weight, bias: bias, addingTo: output)
  }
}

/// LayerNorm over the embedding: `(x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// input, output: `[token, embedding]`; scale, bias: `[embedding]`.
struct LayerNorm: Sendable {
  let scale: Vector
  let bias: Vector
  let epsilon: Float

  init(_ file: WeightFile, _ module: String, epsilon: Float) {
    scale = file.vector(ParameterName.scale(module))
    bias = file.vector(ParameterName.bias(module))
    self.epsilon = epsilon
  }

  /// Normalises into the first rows of `output`, and returns those rows.
  func callAsFunction(_ input: Matrix, into output: MutableMatrix, _ compute: Compute) -> Matrix {
    let rows = output[rows: 0..<input.rows]
    compute.layerNorm(input, scale: scale, bias: bias, epsilon: epsilon, into: rows)
    return rows.readOnly
  }
}

/// The feed-forward network of a block: `contraction(gelu(expansion(input)))`.
///
/// The hidden layer is computed in sections of columns, so that a section stays in the processor's cache between the two
/// products.
struct FeedForward: Sendable {
  var expansion: Dense
  var contraction: Dense

  init(_ file: WeightFile, block: Int) {
    expansion = Dense(file, ParameterName.expansion(block))
    contraction = Dense(file, ParameterName.contraction(block))
  }

  /// input: `[token, embedding]`; output: `[token, embedding]`; hidden: scratch, at least
  /// `[token, min(Workspace.hiddenSectionWidth, hidden)]`.
  func callAsFunction(
    _ input: Matrix, addingTo output: MutableMatrix, hidden: MutableMatrix, _ compute: Compute
  ) {
    let width = expansion.weight.columns
    for start in stride(from: 0, to: width, by: Workspace.hiddenSectionWidth) {
      let section = start..<min(start + Workspace.hiddenSectionWidth, width)
      let hidden = hidden[rows: 0..<input.rows][columns: 0..<section.count]
      compute.linear(
        input, weight: expansion.weight[columns: section], bias: expansion.bias[section],
        activation: .gelu, into: hidden)
      compute.linear(
        hidden.readOnly, weight: contraction.weight[rows: section],
        bias: start == 0 ? contraction.bias : nil, addingTo: output)
    }
  }
}
