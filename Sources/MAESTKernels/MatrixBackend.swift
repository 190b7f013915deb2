/// Who multiplies matrices.
package enum MatrixBackend: String, CaseIterable, Sendable {
  /// The built-in kernels where the CPU has AVX2 or AVX-512; else Accelerate where the system has it, else
  /// OpenBLAS where it is installed, else the built-in kernels. Never the reference.
  case automatic
  /// This package's own kernels.
  case builtIn = "builtin"
  /// OpenBLAS, loaded at run time.
  case openBLAS = "openblas"
  /// Apple's Accelerate.
  case accelerate
  /// Plain loops in Swift: slow, and needs nothing.
  case reference

  /// The multiplication behind the name.
  ///
  /// - Throws: ``KernelError`` when the library is not there or not usable.
  func makeMultiplication(
    instructionSet: InstructionSet
  ) throws(KernelError) -> any MatrixMultiplication {
    switch self {
    case .automatic:
      return try Self.automaticChoice(instructionSet: instructionSet)
    case .builtIn:
      return BuiltInMultiplication(instructionSet: instructionSet)
    case .openBLAS:
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
    guard instructionSet == .baseline else { return BuiltInMultiplication(instructionSet: instructionSet) }
    #if canImport(Accelerate)
      return AccelerateMultiplication()
    #else
      do {
        return try OpenBLASMultiplication(instructionSet: instructionSet)
      } catch .openBLASMissing {
        return BuiltInMultiplication(instructionSet: instructionSet)
      }
    #endif
  }
}
