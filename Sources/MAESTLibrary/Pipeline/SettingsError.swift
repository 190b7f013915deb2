/// Settings that cannot be recorded, or not beside the records that are there.
public enum SettingsError: Error, Equatable, Sendable {
  /// A threshold that is NaN or infinite, or fewer labels than one.
  case invalidTags(count: Int, threshold: Float)
  /// A run asks for something else than the records that are there have; each difference in words.
  case differ(differences: [String], recordCount: Int)
  /// What is to be added cannot be computed beside the records that are there; each difference in words.
  case cannotAdd(differences: [String])
  /// The records that are there were made by several settings, of which none has all that the others have; each in words,
  /// with how many records it has.
  case ambiguous(settings: [String])
  /// Records of an earlier version say only a digest of their settings, which is not that of the run.
  case unknown(recordCount: Int, found: String, expected: String)
  /// A head that the records that are there have tags of is not among those of the run.
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
