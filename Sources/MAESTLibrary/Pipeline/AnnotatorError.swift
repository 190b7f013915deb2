/// Invalid parameters of an ``Annotator``.
public enum AnnotatorError: Error, Equatable {
  /// The number of jobs is outside 1 to 1024.
  case invalidJobCount(Int)
  /// The number of lanes is outside 1 to 1024.
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
