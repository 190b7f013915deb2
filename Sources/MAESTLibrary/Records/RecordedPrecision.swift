import MAEST

/// Names of the precision in records of this and of earlier versions.
enum RecordedPrecision {
  /// Name of the precision `exact` in records of earlier versions. The digest of settings still uses it, so that those
  /// records stay up to date.
  private static let earlierExact = "float32"

  /// Converts the name in a record to the current one.
  static func name(_ recorded: String) -> String {
    recorded == earlierExact ? EngineOptions.Precision.exact.rawValue : recorded
  }

  /// Converts a current name to the one in the digest of settings.
  static func digested(_ precision: String) -> String {
    precision == EngineOptions.Precision.exact.rawValue ? earlierExact : precision
  }
}
