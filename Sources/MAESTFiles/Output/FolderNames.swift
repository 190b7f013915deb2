package import Foundation

/// Lists the names in a folder.
package enum FolderNames {
  /// The names in sorted order; empty if the folder does not exist.
  ///
  /// - Throws: ``FolderError``.
  package static func list(_ folder: URL) throws(FolderError) -> [String] {
    if let names = PathCalls.names(inFolder: folder.path) { return names.sorted() }
    let code = errno
    if !PathCalls.exists(folder.path), [ENOENT, ENOTDIR].contains(errno) { return [] }
    throw FolderError(folder: folder.path, reason: String(cString: strerror(code)))
  }
}

/// A folder that cannot be read or written.
package struct FolderError: Error, Equatable, CustomStringConvertible {
  package let folder: String
  package let reason: String

  package init(folder: String, reason: String) {
    self.folder = folder
    self.reason = reason
  }

  package var description: String { "\(folder): cannot use this folder: \(reason)" }
}
