import MAEST

/// The precision of records, by the words that they have for it.
enum RecordedPrecision {
  /// What records of earlier versions have, all of them of ``EngineOptions/Precision/exact``. Digests of settings
  /// have it still, so that those records stay up to date.
  private static let earlierExact = "float32"

  /// The word of today for what a record has.
  static func name(_ recorded: String) -> String {
    recorded == earlierExact ? EngineOptions.Precision.exact.rawValue : recorded
  }

  /// The word in the digest of settings.
  static func digested(_ precision: EngineOptions.Precision) -> String {
    precision == .exact ? earlierExact : precision.rawValue
  }
}

extension RecordLookup {
  /// Fails where there are records of another precision than those that are to come: numbers of two precisions are not
  /// to be compared, and it does not show where they stand side by side.
  ///
  /// - Parameter precision: ``RecordProvenance/precision`` of the run.
  /// - Throws: ``RecordOutputError/otherPrecision(found:expected:)``, and what the output throws.
  public func requirePrecision(_ precision: String) throws {
    let others = try precisions().map(RecordedPrecision.name).filter { $0 != precision }.sorted()
    if let found = others.first {
      throw RecordOutputError.otherPrecision(found: found, expected: precision)
    }
  }
}
