/// Why a CUE sheet, or one of its tracks, cannot be used.
public enum CueSheetError: Error, Hashable, Sendable {
  /// The sheet cannot be read.
  case unreadable(sheet: String, reason: String)
  /// The sheet has no audio tracks.
  case noTracks(sheet: String)
  /// The sheet is of several audio files, and none of them is this one.
  case otherFiles(sheet: String, names: [String])
  /// Two tracks of one file have the same number.
  case repeatedTrack(sheet: String, track: Int)
  /// The track has no `INDEX 01`, which says where it begins.
  case missingIndex(sheet: String, track: Int)
  /// The time of an index is none; `line` is counted from 1.
  case invalidTime(sheet: String, line: Int, found: String)
  /// The next track does not begin after this one.
  case notAscending(sheet: String, track: Int, start: Double, next: Double)

  /// A machine-readable name, as in ``TrackError/code``.
  var code: String {
    switch self {
    case .unreadable: "unreadableCueSheet"
    case .noTracks, .otherFiles, .repeatedTrack, .missingIndex, .invalidTime, .notAscending: "invalidCueSheet"
    }
  }
}

extension CueSheetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let sheet, let reason):
      "the CUE sheet \(sheet) cannot be read: \(reason). Make it readable or remove it."
    case .noTracks(let sheet):
      "the CUE sheet \(sheet) has no audio tracks, at least one was expected. Correct or remove it."
    case .otherFiles(let sheet, let names):
      "the CUE sheet \(sheet) is of other files (\(names.joined(separator: ", "))). Name this file in it, or rename "
        + "the sheet."
    case .repeatedTrack(let sheet, let track):
      "the CUE sheet \(sheet) has two tracks \(track), expected different numbers. Correct it."
    case .missingIndex(let sheet, let track):
      "the CUE sheet \(sheet) does not say where track \(track) begins: INDEX 01 was expected. Correct it."
    case .invalidTime(let sheet, let line, let found):
      "the CUE sheet \(sheet) has the time '\(found)' in line \(line), expected MM:SS:FF with up to 59 seconds and "
        + "74 frames. Correct it."
    case .notAscending(let sheet, let track, let start, let next):
      "in the CUE sheet \(sheet) track \(track) begins at \(start) s and the next one at \(next) s, which is not after "
        + "it. Correct it."
    }
  }
}
