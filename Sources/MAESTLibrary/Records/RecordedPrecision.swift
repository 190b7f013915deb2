import MAEST

/// Names of the precision in records of this and of earlier versions.
enum RecordedPrecision {
  /// Name of the precision `exact` in records of earlier versions. The digest of settings still uses it, so that those
  /// records stay up to date.
  private static let earlierExact = "float32"

  /// Name of the precision `bf16` in records of earlier versions, and in the digest.
  private static let earlierBFloat16 = "fast"

  /// Converts the name in a record to the current one.
  static func name(_ recorded: String) -> String {
    switch recorded {
    case earlierExact: EngineOptions.Precision.exact.rawValue
    case earlierBFloat16: EngineOptions.Precision.bf16.rawValue
    default: recorded
    }
  }

  /// Converts a current name to the one in the digest of settings.
  static func digested(_ precision: String) -> String {
    switch precision {
    case EngineOptions.Precision.exact.rawValue: earlierExact
    case EngineOptions.Precision.bf16.rawValue: earlierBFloat16
    default: precision
    }
  }
}
