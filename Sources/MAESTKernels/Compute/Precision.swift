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
  case fast
  /// `high` if the CPU has tiles, else `exact`.
  case auto
}

extension Precision {
  /// The precision that is used with an instruction set: `high` or `exact` for ``auto``, any other one unchanged.
  package func resolved(with instructionSet: InstructionSet) -> Precision {
    switch self {
    case .exact, .high, .fast: self
    case .auto: Compute.hasTiles(instructionSet) ? .high : .exact
    }
  }

  /// The bfloat16 numbers that represent one number in tiles; 0 for precisions that have no tile kernels: ``exact``, and
  /// ``auto`` before ``resolved(with:)``.
  package var partCount: Int {
    switch self {
    case .exact, .auto: 0
    case .high: 2
    case .fast: 1
    }
  }
}
