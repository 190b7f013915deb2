/// The arithmetic of the matrix products in encoder blocks, which are nearly all of the work.
///
/// The residual stream, norms, softmax sums, patch embedding and head are single precision in each.
public enum Precision: String, Sendable, CaseIterable, Codable {
  /// Single precision: the reference's numbers.
  case exact
  /// Each number as the sum of two bfloat16 numbers (16 bits), three products in place of one: nearly single
  /// precision, on CPUs with tiles (AMX).
  case high
  /// bfloat16 (8 bits), on CPUs with tiles: two to three correct digits, the same labels.
  case bf16
  /// 16-bit fixed point, 13 and 14 bits with a scale for every 64 numbers: three to four correct digits, on x86-64 CPUs
  /// with AVX2, and on ARM64, where its speed has not been measured.
  case int16
  /// The fastest: `bf16` if the CPU has tiles, else `int16` on x86-64, and `exact` on ARM64.
  case fast
  /// `high` if the CPU has tiles, else `exact`.
  case auto
}

extension Precision {
  /// The precision that is used with an instruction set: ``auto`` and ``fast`` stand for another one.
  package func resolved(with instructionSet: InstructionSet) -> Precision {
    switch self {
    case .exact, .high, .bf16, .int16: self
    case .fast:
      switch instructionSet {
      // Two products of 16-bit integers take NEON as long as two of single precision.
      case .neon: .exact
      case .baseline, .avx2, .avx512, .amx: Compute.hasTiles(instructionSet) ? .bf16 : .int16
      }
    case .auto: Compute.hasTiles(instructionSet) ? .high : .exact
    }
  }

  /// Whether the CPU has the instructions for it, with an instruction set. ``auto`` and ``fast`` count as what they
  /// stand for.
  package func isNative(with instructionSet: InstructionSet) -> Bool {
    switch resolved(with: instructionSet) {
    case .exact: true
    case .high, .bf16: Compute.hasTiles(instructionSet)
    case .int16: FixedPointInstructions.best(with: instructionSet) != .baseline
    case .fast, .auto: false
    }
  }
}
