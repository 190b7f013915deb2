#if canImport(Accelerate)
  internal import Accelerate
  package import MAESTTensor

  /// Products by Apple's Accelerate. Compiled for Apple's systems only, and not yet measured on one.
  package struct AccelerateMultiplication: MatrixMultiplication {
    package let name = "Accelerate"

    package let independentRowStep: Int? = nil

    package init() {}

    package func multiply(
      _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool
    ) {
      let shape = ProductShape(a, b, transposingB: transposingB, into: c)
      guard !shape.isEmpty else { return }
      a.withUnsafePointer { a0 in
        b.withUnsafePointer { b0 in
          c.withUnsafeMutablePointer { c0 in
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, transposingB ? CblasTrans : CblasNoTrans,
              Int32(shape.rows), Int32(shape.columns), Int32(shape.inner), 1, a0,
              Int32(max(a.rowStride, 1)), b0, Int32(max(b.rowStride, 1)), accumulating ? 1 : 0, c0,
              Int32(max(c.rowStride, 1)))
          }
        }
      }
    }
  }
#endif
