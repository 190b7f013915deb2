import MAESTKernels
import MAESTTensor

extension KernelCases {
  /// Loops over elements alone, which the network has between its products.
  var elementwise: [BenchmarkCase] { [layerNorm(), gelu()] }

  private func layerNorm() -> BenchmarkCase {
    benchmark("layer norm [\(shape.tokenCount), \(shape.embeddingWidth)]") {
      forEachRowBlock(of: shape.tokenCount) { rows, scratch in
        normalize(input[rows: rows], into: scratch.normalized[rows: 0..<rows.count])
      }
    }
  }

  /// In place on a copy, as values that went through it over and over would all become 0. The built-in kernels have it
  /// in the expansion's product.
  private func gelu() -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.feedForwardWidth)
    let input = randomMatrix(tokens, width, deviation: 1, seed: 1).readOnly
    let values = MutableMatrix(rows: tokens, columns: width)
    return benchmark("copy, GELU [\(tokens), \(width)]") {
      forEachRowBlock(of: tokens) { rows, _ in
        values[rows: rows].copy(from: input[rows: rows])
        compute.elementwise.gelu(values[rows: rows])
      }
    }
  }
}
