/// Whether a weight file's numbers were compared with the graph that they were made of.
public enum VerificationStatus: Sendable, Equatable {
  /// Not known: converters before version 1.2 did not note it.
  case unknown
  /// Converted without a comparison.
  case notVerified
  /// The source has tensors and no graph to compare with.
  case noGraph
  /// The graph, run operation by operation, and the weights gave the same on random patches.
  ///
  /// - Parameters:
  ///   - patchCount: random patches that both ran on.
  ///   - largestDifference: between two numbers of any output.
  ///   - relativeNorm: ‖model - graph‖ / ‖graph‖, the largest of all outputs.
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

  /// Bytes of a header that are enough for any of these facts.
  package static let reservedByteCount = 256

  /// The status as metadata entries; none for what is not known.
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

  /// Reads what ``facts`` wrote.
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
    // Written as a comparison that NaN and infinity fail.
    guard let number = text.flatMap({ Number($0) }), number >= 0, number - number == 0 else {
      throw .badFact(path: path, key: key, found: text, expected: "a finite number from 0")
    }
    return number
  }
}
