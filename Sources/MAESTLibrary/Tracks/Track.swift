public import MAEST

/// An audio file of a library, or a track of its CUE sheet. Its paths have the form of `PathBytes`: any name that
/// the system can open has one.
public struct Track: Sendable, Hashable {
  /// Identifies the track in records: its absolute path, or its path relative to a folder that the user names. That of a
  /// track of a CUE sheet ends with its number: `album.flac#02`.
  public let path: String
  /// Path of the file.
  public let location: String
  /// The track of a CUE sheet; nil: the whole file.
  public let cue: CueTrack?
  /// Why the track cannot be analysed, if that is known before its file is opened.
  public let problem: CueSheetError?

  /// - Parameters:
  ///   - path: identifies the track in records.
  ///   - location: path of the file.
  ///   - cue: the track of a CUE sheet.
  ///   - problem: why the track cannot be analysed.
  public init(path: String, location: String, cue: CueTrack? = nil, problem: CueSheetError? = nil) {
    self.path = path
    self.location = location
    self.cue = cue
    self.problem = problem
  }

  /// The part of the file to analyse; nil: all of it.
  public var range: TimeRange? { cue?.range }
}
