import MAEST

/// The precision of records, by the words that they have for it.
enum RecordedPrecision {
  /// What records of earlier versions have, all of them of precision `exact`. Digests of settings
  /// have it still, so that those records stay up to date.
  private static let earlierExact = "float32"

  /// The word of today for what a record has.
  static func name(_ recorded: String) -> String {
    recorded == earlierExact ? EngineOptions.Precision.exact.rawValue : recorded
  }

  /// The word in the digest of settings, for a word of today.
  static func digested(_ precision: String) -> String {
    precision == EngineOptions.Precision.exact.rawValue ? earlierExact : precision
  }
}
