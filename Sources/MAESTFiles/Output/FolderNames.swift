package import Foundation

/// Names in a folder.
package enum FolderNames {
  /// In order; none where there is no folder.
  ///
  /// - Throws: ``FolderError``.
  package static func list(_ folder: URL) throws(FolderError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      var status = stat()
      if stat(folder.path, &status) != 0, [ENOENT, ENOTDIR].contains(errno) { return [] }
      throw FolderError(folder: folder.path, reason: error.localizedDescription)
    }
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
