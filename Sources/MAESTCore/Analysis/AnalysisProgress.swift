/// How far an analysis is.
public struct AnalysisProgress: Sendable, Hashable, Codable {
  /// Patches that are done.
  public let patchCount: Int
  /// All patches; an estimate, if the file's header may be wrong; nil if it is not known.
  public let expectedPatchCount: Int?

  public init(patchCount: Int, expectedPatchCount: Int?) {
    self.patchCount = patchCount
    self.expectedPatchCount = expectedPatchCount
  }

  /// From 0 to 1; nil if the total is not known.
  public var fraction: Double? {
    expectedPatchCount.map { $0 > 0 ? min(Double(patchCount) / Double($0), 1) : 1 }
  }
}
