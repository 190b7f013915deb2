/// Whether a weight file was verified against its source graph.
public enum VerificationStatus: Sendable, Equatable {
  /// Not known: converters before version 1.2 did not record it.
  case unknown
  /// Converted without verification.
  case notVerified
  /// The source contains tensors only, without a graph to compare with.
  case noGraph
  /// The outputs of the weights matched those of the graph, run operation by operation, on random patches.
  ///
  /// - Parameters:
  ///   - patchCount: the number of random patches.
  ///   - largestDifference: the largest absolute difference between two values of any output.
  ///   - relativeNorm: ‖model - graph‖ / ‖graph‖, the maximum over all outputs.
  case passed(patchCount: Int, largestDifference: Float, relativeNorm: Double)
}

extension VerificationStatus: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown: "unknown, converted before this was noted"
    case .notVerified: "not verified, converted without a comparison with the graph"
    case .noGraph: "not verified, the source has no graph to compare with"
    case .passed(let patchCount, let largestDifference, let relativeNorm):
      "against the graph on \(patchCount) random \(patchCount == 1 ? "patch" : "patches"): "
        + "largest difference \(largestDifference), relative norm \(Float(relativeNorm))"
    }
  }
}

// MARK: - Metadata

extension VerificationStatus {
  private static let key = "verification"
  private static let patchCountKey = "verification.patch_count"
  private static let differenceKey = "verification.largest_difference"
  private static let normKey = "verification.relative_norm"

  /// Bytes to reserve in a header; enough for the facts of any status.
  package static let reservedByteCount = 256

  /// The status as metadata entries; empty for an unknown status.
  package var facts: [String: String] {
    switch self {
    case .unknown: [:]
    case .notVerified: [Self.key: "not verified"]
    case .noGraph: [Self.key: "no graph"]
    case .passed(let patchCount, let largestDifference, let relativeNorm):
      [
        Self.key: "passed", Self.patchCountKey: "\(patchCount)", Self.differenceKey: "\(largestDifference)",
        Self.normKey: "\(relativeNorm)",
      ]
    }
  }

  /// Reads the entries that ``facts`` returns.
  init(_ metadata: [String: String], path: String) throws(WeightError) {
    switch metadata[Self.key] {
    case nil: self = .unknown
    case "not verified": self = .notVerified
    case "no graph": self = .noGraph
    case "passed":
      self = .passed(
        patchCount: try Self.number(metadata, Self.patchCountKey, path),
        largestDifference: try Self.number(metadata, Self.differenceKey, path),
        relativeNorm: try Self.number(metadata, Self.normKey, path))
    case let other?:
      throw .badFact(
        path: path, key: Self.key, found: other, expected: "passed, not verified or no graph")
    }
  }

  private static func number<Number: LosslessStringConvertible & Numeric & Comparable>(
    _ metadata: [String: String], _ key: String, _ path: String
  ) throws(WeightError) -> Number {
    let text = metadata[key]
    // Written so that NaN and infinity fail the comparison.
    guard let number = text.flatMap({ Number($0) }), number >= 0, number - number == 0 else {
      throw .badFact(path: path, key: key, found: text, expected: "a finite number from 0")
    }
    return number
  }
}
