public import MAEST

/// A track of a CUE sheet: a part of an audio file.
///
/// As JSON: `{"track": 2, "title": "...", "performer": "...", "start": 215.4, "end": 398.2}`; unknown values are
/// omitted.
public struct CueTrack: Sendable, Hashable, Codable {
  /// The number in the sheet.
  public var number: Int
  public var title: String?
  /// The performer of the track, or else that of the whole sheet.
  public var performer: String?
  /// Where the track begins (`INDEX 01`), in seconds from the beginning of the file.
  public var start: Double
  /// Where the next track begins; nil for the last track, which ends with the file.
  public var end: Double?

  /// - Parameters:
  ///   - number: the number in the sheet.
  ///   - title: the title in the sheet.
  ///   - performer: the performer of the track or of the sheet.
  ///   - start: where the track begins, in seconds.
  ///   - end: where the next track begins; nil: at the end of the file.
  public init(
    number: Int, title: String? = nil, performer: String? = nil, start: Double, end: Double? = nil
  ) {
    self.number = number
    self.title = title
    self.performer = performer
    self.start = start
    self.end = end
  }

  /// The part of the file.
  public var range: TimeRange { TimeRange(start: start, end: end) }

  enum CodingKeys: String, CodingKey {
    case title, performer, start, end
    case number = "track"
  }
}
