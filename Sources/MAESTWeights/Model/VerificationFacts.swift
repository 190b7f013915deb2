/// The JSON representation of a ``VerificationStatus``.
package struct VerificationFacts: Encodable, Sendable {
  /// `passed`, `notVerified`, `noGraph` or `unknown`.
  let state: String
  private(set) var patchCount: Int?
  private(set) var largestDifference: Float?
  private(set) var relativeError: Double?

  package init(_ status: VerificationStatus) {
    switch status {
    case .unknown: state = "unknown"
    case .notVerified: state = "notVerified"
    case .noGraph: state = "noGraph"
    case .passed(let patchCount, let largestDifference, let relativeNorm):
      state = "passed"
      self.patchCount = patchCount
      self.largestDifference = largestDifference
      relativeError = relativeNorm
    }
  }
}
