package import MAESTKernels
import MAESTTensor

/// Who computes an operation, and how much it may take.
package struct EvaluationContext: Sendable {
  /// Elements of the largest tensor that an operation may make.
  package var elementLimit: Int
  /// Multiplications of the largest product or convolution.
  package var productLimit: Int
  /// The kernels; nil: plain loops on the calling thread.
  package var compute: Compute?

  /// For constants of graphs that nobody has vouched for: small and without threads.
  package static let folding = EvaluationContext(elementLimit: 1 << 21, productLimit: 1 << 26, compute: nil)

  /// For results that folding keeps, as long as the graph lives.
  static let eagerFolding = EvaluationContext(elementLimit: 1 << 14, productLimit: 1 << 16, compute: nil)

  /// For results of which folding keeps the shape.
  static let shapeFolding = EvaluationContext(elementLimit: 1 << 21, productLimit: 1 << 16, compute: nil)

  /// For shapes alone: as large as may be counted.
  static let shapes = EvaluationContext(elementLimit: 1 << 40, productLimit: 1 << 60, compute: nil)

  /// For running whole graphs: up to 1 GiB in one tensor, and a few seconds for one product.
  package static func interpreting(_ compute: Compute) -> EvaluationContext {
    EvaluationContext(elementLimit: 1 << 28, productLimit: 1 << 38, compute: compute)
  }
}

extension EvaluationContext {
  var multiplication: any MatrixMultiplication { compute?.multiplication ?? ReferenceMultiplication() }

  /// Elements that one thread works through at a time.
  private static let runLength = 1 << 16

  /// An array whose parts several threads fill.
  ///
  /// `range` gives a part's place in the array; the parts cover all of it, without overlaps. `body` writes every
  /// element of the part that it is given.
  func filled(
    count: Int, partCount: Int, range: @Sendable (_ part: Int) -> Range<Int>,
    body: @Sendable (_ part: Int, _ output: UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Each part is written by one thread, and nothing is read before all are done.
      nonisolated(unsafe) let whole = buffer
      forEach(partCount) { part in body(part, UnsafeMutableBufferPointer(rebasing: whole[range(part)])) }
      initializedCount = count
    }
  }

  /// As above, for rows of one length; `body` gets the rows of a part.
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
