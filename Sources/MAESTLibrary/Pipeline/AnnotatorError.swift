/// Why a library cannot be gone through as it was asked for.
public enum AnnotatorError: Error, Equatable {
  /// Fewer jobs than 1, or more than can be had.
  case invalidJobCount(Int)
  /// The same of lanes.
  case invalidLaneCount(Int)
}

extension AnnotatorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidJobCount(let count): "\(count) jobs were asked for; \(Self.allowed) can be had"
    case .invalidLaneCount(let count): "\(count) lanes were asked for; \(Self.allowed) can be had"
    }
  }

  private static var allowed: String {
    "from \(Annotator.jobCounts.lowerBound) to \(Annotator.jobCounts.upperBound)"
  }
}
