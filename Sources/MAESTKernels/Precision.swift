/// How exactly the products of large matrices are computed.
package enum Precision: String, CaseIterable, Sendable {
  /// Single precision.
  case exact
  /// Each number as the sum of two bfloat16 numbers, 16 bits: three products for one.
  case high
  /// bfloat16: 8 bits.
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
