/// The progress of an analysis.
public struct AnalysisProgress: Sendable, Hashable, Codable {
  /// The number of analysed patches.
  public let patchCount: Int
  /// The total number of patches; an estimate if it is based on the file's header, which may be wrong; nil if not
  /// known.
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
