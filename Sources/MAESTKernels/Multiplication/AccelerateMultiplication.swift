#if canImport(Accelerate)
  internal import CKernels
  package import MAESTTensor

  /// GEMM by Apple's Accelerate. Compiled for Apple's systems only, and not yet measured on one.
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
            ckernels_accelerate_sgemm(
              transposingB, shape.rows, shape.columns, shape.inner, a0, max(a.rowStride, 1), b0,
              max(b.rowStride, 1), accumulating, c0, max(c.rowStride, 1))
          }
        }
      }
    }
  }
#endif
