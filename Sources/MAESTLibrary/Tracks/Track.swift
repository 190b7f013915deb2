/// An audio file of a library.
public struct Track: Sendable, Hashable {
  /// What identifies it in records: its absolute path, or its path relative to a folder of the user's.
  public let path: String
  /// Where the file is.
  public let location: String

  public init(path: String, location: String) {
    self.path = path
    self.location = location
  }
}
