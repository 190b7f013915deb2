public import MAESTWeights

/// The differences between a converted model and its source graph, output by output.
public struct VerificationReport: Sendable, Equatable {
  /// The default tolerance of the relative norm: single precision stays well below it through a dozen blocks.
  public static let defaultTolerance = 1e-5

  /// One output of the graph.
  public struct Comparison: Sendable, Equatable {
    public let role: OutputRole
    /// Its name in the graph.
    public let name: String
    /// Number of values compared, over all patches.
    public let count: Int
    /// The largest absolute difference between two values; infinite if one is NaN.
    public let maximumDifference: Float
    /// ‖model - graph‖ / ‖graph‖, the maximum over all patches.
    public let relativeNorm: Double
    public let passed: Bool
  }

  /// Logits, activations, then the layers in order, as far as the graph has them.
  public let comparisons: [Comparison]
  /// Number of random patches that both ran on.
  public let patchCount: Int
  /// The largest relative norm that passes.
  public let tolerance: Double

  /// Whether every output is within the tolerance.
  public var passed: Bool { !comparisons.isEmpty && comparisons.allSatisfy(\.passed) }

  /// The status of a passed report, as recorded in a weight file.
  package var status: VerificationStatus {
    .passed(
      patchCount: patchCount, largestDifference: comparisons.map(\.maximumDifference).max() ?? 0,
      relativeNorm: comparisons.map(\.relativeNorm).max() ?? 0)
  }

  /// Throws ``VerificationError/different(_:)`` with this report if it did not pass.
  public func requirePassed() throws(VerificationError) {
    guard passed else { throw .different(self) }
  }
}

extension VerificationReport: CustomStringConvertible {
  /// A table with one line per output.
  public var description: String {
    let rows = comparisons.map { comparison in
      [
        comparison.role.description, Self.short(Double(comparison.maximumDifference)),
        Self.short(comparison.relativeNorm), comparison.passed ? "ok" : "too far", comparison.name,
      ]
    }
    let verdict =
      "\(patchCount) random \(patchCount == 1 ? "patch" : "patches"), relative norm up to "
      + "\(Self.short(tolerance)) allowed: \(passed ? "passed" : "FAILED")"
    let header = ["output", "largest difference", "relative norm", "", "in the graph"]
    return (Self.table([header] + rows) + [verdict]).joined(separator: "\n")
  }

  private static func table(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row.dropLast(), widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ") + "  " + (row.last ?? "")
    }
  }

  /// Returns a number with two digits: `1.2e-06`.
  private static func short(_ number: Double) -> String {
    guard number.isFinite, number > 0 else { return "\(number)" }
    var (digits, exponent) = (number, 0)
    while digits >= 9.95 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 0.995 { (digits, exponent) = (digits * 10, exponent - 1) }
    let size = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\((digits * 10).rounded() / 10)e\(exponent < 0 ? "-" : "+")\(size)"
  }
}

/// Why a conversion could not be verified, or did not pass.
public enum VerificationError: Error, Equatable {
  /// None of the network's outputs is addressable in the graph.
  case noOutputs
  /// The graph's input does not accept the patches of the weight file's model.
  case wrongInput(name: String, shape: [Int], expected: String)
  /// The weight file's model lacks an output that the graph has.
  case missingOutput(OutputRole, name: String)
  /// The number of elements of an output differs between graph and model.
  case wrongSize(OutputRole, name: String, found: Int, expected: Int)
  /// The processor's kernels could not be set up.
  case noKernels(reason: String)
  /// Some outputs differ by more than the tolerance.
  case different(VerificationReport)
}

extension VerificationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noOutputs:
      "nothing to compare: the graph offers neither logits nor activations nor a block's tokens"
    case .wrongInput(let name, let shape, let expected):
      "the graph's input '\(name)' has shape \(shape), the weight file's model takes \(expected); "
        + "they are of different models"
    case .missingOutput(let role, let name):
      "the graph's output '\(name)' is \(role), which the weight file's model has not; "
        + "they are of different models"
    case .wrongSize(let role, let name, let found, let expected):
      "the graph's output '\(name)' (\(role)) has \(found) elements, the weight file's model gives \(expected)"
    case .noKernels(let reason):
      "the conversion cannot be verified: \(reason)"
    case .different(let report):
      "the converted weights give results that differ from the graph; please report this graph\n\(report)"
    }
  }
}
