/// A GEMM backend: the implementation of matrix multiplication.
public enum MatrixBackend: String, Sendable, CaseIterable {
  /// The fastest one on this system: Accelerate on Apple silicon; else the built-in kernels on CPUs with AVX2, AVX-512
  /// or NEON; else Accelerate (macOS) or OpenBLAS; if that is not installed, the built-in kernels. Never the reference.
  case automatic
  /// This package's own kernels.
  case builtin
  /// OpenBLAS, loaded when the first model is.
  case openblas
  /// Apple's Accelerate.
  case accelerate
  /// Scalar loops in Swift: slow, without dependencies, for comparison.
  case reference
}

extension MatrixBackend {
  /// The multiplication that the name stands for.
  ///
  /// - Throws: ``KernelError`` if the library is missing or unusable.
  func makeMultiplication(
    instructionSet: InstructionSet
  ) throws(KernelError) -> any MatrixMultiplication {
    switch self {
    case .automatic:
      return try Self.automaticChoice(instructionSet: instructionSet)
    case .builtin:
      return BuiltInMultiplication(instructionSet: instructionSet)
    case .openblas:
      return try OpenBLASMultiplication(instructionSet: instructionSet)
    case .accelerate:
      #if canImport(Accelerate)
        return AccelerateMultiplication()
      #else
        throw .accelerateMissing
      #endif
    case .reference:
      return ReferenceMultiplication()
    }
  }

  private static func automaticChoice(
    instructionSet: InstructionSet
  ) throws(KernelError) -> any MatrixMultiplication {
    #if canImport(Accelerate)
      // Apple silicon has a matrix unit that only Accelerate uses.
      guard instructionSet == .baseline || instructionSet == .neon else {
        return BuiltInMultiplication(instructionSet: instructionSet)
      }
      return AccelerateMultiplication()
    #else
      guard instructionSet == .baseline else { return BuiltInMultiplication(instructionSet: instructionSet) }
      do {
        return try OpenBLASMultiplication(instructionSet: instructionSet)
      } catch .openBLASMissing {
        return BuiltInMultiplication(instructionSet: instructionSet)
      }
    #endif
  }
}
