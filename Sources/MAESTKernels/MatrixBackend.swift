/// Who multiplies matrices.
package enum MatrixBackend: String, CaseIterable, Sendable {
  /// Accelerate where the system has it, OpenBLAS elsewhere; never the reference.
  case automatic
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
      #if canImport(Accelerate)
        return AccelerateMultiplication()
      #else
        return try OpenBLASMultiplication(instructionSet: instructionSet)
      #endif
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
}
