import MAEST

/// The analysis lacks values that a figure needs.
public struct MissingValues: Error, CustomStringConvertible, Equatable {
  public let what: String

  package init(what: String) { self.what = what }

  public var description: String { "\(what): not asked for in the analysis, so there is nothing to draw" }

  static func require(_ tap: Tap, in analysis: PatchAnalysis) throws -> Tensor {
    guard let value = analysis.output[tap] else { throw MissingValues(what: "\(tap)") }
    return value
  }
}
