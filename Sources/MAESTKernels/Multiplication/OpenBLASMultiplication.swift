internal import COpenBLAS
package import MAESTTensor

/// GEMM by OpenBLAS, which is loaded when the first instance is created.
package struct OpenBLASMultiplication: MatrixMultiplication {
  package let name = "OpenBLAS"

  package let independentRowStep: Int? = nil

  /// The CPU type whose kernels the library uses, such as "SkylakeX".
  package let coreName: String

  /// The library's version and build options.
  package let configuration: String

  /// Loads the library, choosing kernels for ``InstructionSet/selected()``.
  ///
  /// - Throws: ``KernelError`` if it is missing or unusable, or MAEST_CPU names an unsupported instruction set.
  package init() throws(KernelError) {
    try self.init(instructionSet: try InstructionSet.selected())
  }

  /// Loads the library. The first call in a process chooses the kernels for all later ones.
  init(instructionSet: InstructionSet) throws(KernelError) {
    switch copenblas_load(Self.core(for: instructionSet)) {
    case .loaded: break
    case .libraryMissing: throw .openBLASMissing(reason: String(cString: copenblas_message()))
    case .libraryUnusable: throw .openBLASUnusable(reason: String(cString: copenblas_message()))
    }
    coreName = String(cString: copenblas_core_name())
    configuration = String(cString: copenblas_configuration())
  }

  /// OpenBLAS's name of the CPU type for an instruction set; nil: the library chooses.
  private static func core(for instructionSet: InstructionSet) -> String? {
    switch instructionSet {
    case .baseline, .neon: nil
    case .avx2: "Haswell"
    case .avx512, .amx: "SkylakeX"
    }
  }

  package func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool
  ) {
    let shape = ProductShape(a, b, transposingB: transposingB, into: c)
    guard !shape.isEmpty else { return }
    a.withUnsafePointer { a0 in
      b.withUnsafePointer { b0 in
        c.withUnsafeMutablePointer { c0 in
          copenblas_sgemm(
            false, transposingB, Int32(shape.rows), Int32(shape.columns), Int32(shape.inner), 1,
            a0, stride(of: a), b0, stride(of: b), accumulating ? 1 : 0, c0,
            Int32(max(c.rowStride, 1)))
        }
      }
    }
  }

  /// A stride that the library accepts: it rejects 0, the stride of a matrix without columns.
  private func stride(of matrix: Matrix) -> Int32 { Int32(max(matrix.rowStride, 1)) }
}
