/// An audio file of a library. Its paths have the form of `PathBytes`: any name that the system can open has one.
public struct Track: Sendable, Hashable {
  /// Identifies the track in records: its absolute path, or its path relative to a folder that the user names.
  public let path: String
  /// Path of the file.
  public let location: String

  public init(path: String, location: String) {
    self.path = path
    self.location = location
  }
}
