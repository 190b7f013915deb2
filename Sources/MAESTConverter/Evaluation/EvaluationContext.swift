package import MAESTKernels
import MAESTTensor

/// The kernels and limits for evaluating an operation.
package struct EvaluationContext: Sendable {
  /// Maximum number of elements in a tensor that an operation creates.
  package var elementLimit: Int
  /// Maximum number of multiplications in a product or convolution.
  package var productLimit: Int
  /// The kernels; nil for scalar loops on the calling thread.
  package var compute: Compute?

  /// For constants of untrusted graphs: low limits, no threads.
  package static let folding = EvaluationContext(elementLimit: 1 << 21, productLimit: 1 << 26, compute: nil)

  /// For results that folding keeps for the lifetime of the graph.
  static let eagerFolding = EvaluationContext(elementLimit: 1 << 14, productLimit: 1 << 16, compute: nil)

  /// For results of which folding keeps only the shape.
  static let shapeFolding = EvaluationContext(elementLimit: 1 << 21, productLimit: 1 << 16, compute: nil)

  /// For computing shapes only: high limits that still avoid overflow.
  static let shapes = EvaluationContext(elementLimit: 1 << 40, productLimit: 1 << 60, compute: nil)

  /// For running whole graphs: up to 1 GiB per tensor and a few seconds per product.
  package static func interpreting(_ compute: Compute) -> EvaluationContext {
    EvaluationContext(elementLimit: 1 << 28, productLimit: 1 << 38, compute: compute)
  }
}

extension EvaluationContext {
  var multiplication: any MatrixMultiplication { compute?.multiplication ?? ReferenceMultiplication() }

  /// Number of elements that one thread processes at a time.
  private static let runLength = 1 << 16

  /// Creates an array whose parts are filled by several threads.
  ///
  /// `range` returns the range of a part in the array; the parts cover the whole array without overlap. `body` must
  /// write every element of its part.
  func filled(
    count: Int, partCount: Int, range: @Sendable (_ part: Int) -> Range<Int>,
    body: @Sendable (_ part: Int, _ output: UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Each part is written by one thread; the buffer is read only after all threads have finished.
      nonisolated(unsafe) let whole = buffer
      forEach(partCount) { part in body(part, UnsafeMutableBufferPointer(rebasing: whole[range(part)])) }
      initializedCount = count
    }
  }

  /// Creates an array of rows of equal length; `body` receives the rows of a part.
  func filledRows(
    count: Int, width: Int, _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    let rowCount = max(1, Self.runLength / max(width, 1))
    @Sendable func rows(_ part: Int) -> Range<Int> { (part * rowCount)..<min((part + 1) * rowCount, count) }
    return filled(
      count: count * width, partCount: (count + rowCount - 1) / rowCount,
      range: { (rows($0).lowerBound * width)..<(rows($0).upperBound * width) },
      body: { part, output in body(rows(part), output) })
  }

  private func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    if let compute {
      compute.parallel(count: count) { index, _ in body(index) }
    } else {
      for index in 0..<count { body(index) }
    }
  }
}
