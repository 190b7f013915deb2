/// Settings that are invalid or do not match the existing records.
public enum SettingsError: Error, Equatable, Sendable {
  /// The threshold is NaN or infinite, or the number of labels is below 1.
  case invalidTags(count: Int, threshold: Float)
  /// The run's settings differ from those of the existing records. `differences` are human-readable texts.
  case differ(differences: [String], recordCount: Int)
  /// The requested values cannot be added to the existing records. `differences` are human-readable texts.
  case cannotAdd(differences: [String])
  /// The existing records have several different settings, and none of them includes all others. `settings` are
  /// human-readable texts, each with its number of records.
  case ambiguous(settings: [String])
  /// Records of an earlier version have only a digest of their settings, which differs from the run's.
  case unknown(recordCount: Int, found: String, expected: String)
  /// The existing records contain tags of a classification head that was not given to the run.
  case missingHead(HeadIdentity)
}

extension SettingsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidTags(let count, let threshold):
      "tags: \(count) labels from an activation of \(threshold) on, expected at least 1 label and a number"
    case .differ(let differences, let count):
      "the \(Self.records(count)) there have other settings: \(differences.joined(separator: "; ")). They were left as "
        + "they are. Ask for the same settings, or name none to go on with those; add what is new to what is there; "
        + "replace the records; or choose another output"
    case .cannotAdd(let differences):
      "this cannot be added to the records there, which differ: \(differences.joined(separator: "; ")). They were left "
        + "as they are. Leave these settings out, replace the records, or choose another output"
    case .ambiguous(let settings):
      "the records there were made by several settings: \(settings.joined(separator: "; and ")). Ask for the settings "
        + "of one of them, replace the records, or choose another output"
    case .unknown(let count, let found, let expected):
      "the \(Self.records(count)) there, of an earlier version, do not say their settings, and the digest of these, "
        + "\(found), is not that of this run, \(expected). Ask for the settings that made them, replace the records, or "
        + "choose another output"
    case .missingHead(let head):
      "the records there have tags of the classification head \(head.name) (SHA-256 \(head.sha256.prefix(12))...), whose "
        + "file was not found. Name it"
    }
  }

  private static func records(_ count: Int) -> String { count == 1 ? "1 record" : "\(count) records" }
}
