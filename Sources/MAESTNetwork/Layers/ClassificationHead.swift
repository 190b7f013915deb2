import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Logits from the last block's CLS and DIST tokens: `dense(norm((finalNorm(cls) + finalNorm(dist)) / 2))`.
struct ClassificationHead: Sendable {
  let finalNorm: LayerNorm
  let norm: LayerNorm?
  let dense: Dense

  init?(_ file: WeightFile) {
    guard let head = file.configuration.head else { return nil }
    finalNorm = LayerNorm(file, ParameterName.finalNorm, epsilon: head.finalNormEpsilon)
    norm = head.normEpsilon.map { LayerNorm(file, ParameterName.headNorm, epsilon: $0) }
    dense = Dense(file, ParameterName.headDense)
  }

  /// Computes logits and activations, each `[label]`. leadingTokens: CLS and DIST `[2, embedding]`.
  func callAsFunction(_ leadingTokens: Matrix, _ compute: Compute) -> (logits: Tensor, activations: Tensor) {
    let width = leadingTokens.columns
    let normalized = finalNorm(leadingTokens, into: MutableMatrix(rows: 2, columns: width), compute)
    var pooled = mean(normalized)
    if let norm { pooled = norm(pooled, into: MutableMatrix(rows: 1, columns: width), compute) }
    let output = MutableMatrix(rows: 1, columns: dense.weight.columns)
    dense(pooled, into: output, compute)
    let logits = Tensor(shape: [output.columns], elements: output.elements())
    compute.sigmoid(output)
    return (logits, Tensor(shape: [output.columns], elements: output.elements()))
  }

  /// The mean of two rows `[1, embedding]`.
  private func mean(_ rows: Matrix) -> Matrix {
    let sums = zip(rows[rows: 0..<1].elements(), rows[rows: 1..<2].elements()).map { ($0 + $1) / 2 }
    return Matrix(copying: sums, rows: 1, columns: rows.columns)
  }
}
