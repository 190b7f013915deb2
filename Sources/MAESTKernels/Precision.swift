/// How exactly the products of matrices in encoder blocks are computed.
///
/// What is added up over the blocks, norms and softmax sums are single precision in each.
package enum Precision: String, CaseIterable, Sendable {
  /// Single precision.
  case exact
  /// Each number as the sum of two bfloat16 numbers, 16 bits of fraction: three products for one.
  case high
  /// bfloat16, 8 bits of fraction.
  case fast

  /// The bfloat16 numbers that stand for one; 0 in single precision.
  package var partCount: Int {
    switch self {
    case .exact: 0
    case .high: 2
    case .fast: 1
    }
  }
}
