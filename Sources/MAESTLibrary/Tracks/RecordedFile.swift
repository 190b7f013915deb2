import Foundation
import MAESTFiles

/// The audio file of a recorded track.
enum RecordedFile {
  /// Whether no file exists at the location; false if that cannot be determined.
  static func isMissing(at location: String) -> Bool {
    PathCalls.statusOfLink(location) == nil && (errno == ENOENT || errno == ENOTDIR)
  }

  /// Whether the file of a recorded track does not exist; false if that cannot be determined. The file of a track of a
  /// CUE sheet is the album's.
  ///
  /// - Parameters:
  ///   - path: ``Track/path``.
  ///   - root: the folder that the path is relative to; nil: the path is absolute.
  static func isMissing(_ path: String, root: String?) -> Bool {
    let location = root.map { PathText.join(PathText.absolute($0), path) } ?? path
    let file = CueTrackPath.file(ofTrack: location)
    return location.hasPrefix("/") && isMissing(at: location) && isMissing(at: file)
  }
}
