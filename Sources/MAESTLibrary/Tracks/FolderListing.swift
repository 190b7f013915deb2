import Foundation
import MAESTFiles

/// The files and folders directly in a folder.
struct FolderListing {
  /// Sorted by the bytes of their names. Hidden entries and entries that are neither file nor folder are omitted. Links
  /// to files count as files; links to folders are omitted, because they may form cycles.
  private(set) var files: [String] = []
  private(set) var folders: [String] = []

  /// - Throws: ``TrackSearchError/unreadableFolder(path:reason:)``.
  init(_ path: String) throws(TrackSearchError) {
    guard let names = PathCalls.names(inFolder: path) else {
      throw .unreadableFolder(path: path, reason: systemReason())
    }
    for name in names where name.utf8.first != UInt8(ascii: ".") { add(name, in: path) }
    files.sort { TrackKey($0) < TrackKey($1) }
    folders.sort { TrackKey($0) < TrackKey($1) }
  }

  private mutating func add(_ name: String, in folder: String) {
    let path = PathText.join(folder, name)
    guard var status = PathCalls.statusOfLink(path) else { return files.append(name) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    // A broken link is listed as a file; opening it will fail.
    if isLink { status = PathCalls.status(path) ?? status }
    switch status.st_mode & S_IFMT {
    case S_IFDIR where !isLink: folders.append(name)
    case S_IFREG, S_IFLNK: files.append(name)
    default: break
    }
  }
}
