import Foundation

/// The files and folders directly in a folder.
struct FolderListing {
  /// Sorted by the bytes of their names. Hidden entries and entries that are neither file nor folder are omitted. Links
  /// to files count as files; links to folders are omitted, because they may form cycles.
  private(set) var files: [String] = []
  private(set) var folders: [String] = []
  /// Names that are not UTF-8, with replacement characters for the invalid bytes.
  private(set) var unnamed: [String] = []

  /// - Throws: ``TrackSearchError/unreadableFolder(path:reason:)``.
  init(_ path: String) throws(TrackSearchError) {
    guard let handle = opendir(path) else { throw Self.failure(path) }
    defer { closedir(handle) }
    errno = 0
    while let entry = readdir(handle) {
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes.first != UInt8(ascii: ".") { add(bytes, in: path) }
      errno = 0
    }
    guard errno == 0 else { throw Self.failure(path) }
    files.sort { TrackKey($0) < TrackKey($1) }
    folders.sort { TrackKey($0) < TrackKey($1) }
  }

  private mutating func add(_ bytes: [UInt8], in folder: String) {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      return unnamed.append(String(decoding: bytes, as: UTF8.self))
    }
    let path = PathText.join(folder, name)
    var status = stat()
    guard lstat(path, &status) == 0 else { return files.append(name) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    // A broken link is listed as a file; opening it will fail.
    if isLink { _ = stat(path, &status) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR where !isLink: folders.append(name)
    case S_IFREG, S_IFLNK: files.append(name)
    default: break
    }
  }

  private static func failure(_ path: String) -> TrackSearchError {
    .unreadableFolder(path: path, reason: systemReason())
  }
}
