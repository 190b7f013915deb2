import Foundation
import MAESTFiles
import MAESTWeights

/// The file at an output's path. Creates an empty file if there is none.
struct OutputPlace {
  /// The path with symbolic links resolved.
  let path: String
  /// Whether this object created the file.
  let isNew: Bool

  /// - Throws: `notRecords` for a device or a pipe, which cannot be read again; `cannotWrite`.
  init(_ path: String) throws(RecordOutputError) {
    let place = try Self.file(path)
    let descriptor = FileSystemCalls.openFile(place, O_WRONLY | O_CREAT | O_EXCL)
    isNew = descriptor >= 0
    if isNew {
      close(descriptor)
      // Make the new file's name durable before any record is written.
      guard FileSystemCalls.synchronizeFolder(Folders.parent(of: place)) == 0 else {
        throw .cannotWrite(path: path, reason: systemReason())
      }
    } else if errno != EEXIST {
      throw .cannotWrite(path: path, reason: systemReason())
    }
    guard let resolved = PathCalls.realPath(place) else {
      throw .cannotWrite(path: path, reason: systemReason())
    }
    self.path = resolved
  }

  /// The path that symbolic links lead to.
  private static func file(_ path: String) throws(RecordOutputError) -> String {
    let target: OutputTarget
    do { target = try OutputTarget(path: path) } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
    switch target {
    case .file(let place): return place
    case .stream, .descriptor: throw .notRecords(path: path, found: "a device or a pipe")
    }
  }
}
