import Foundation
import MAESTFiles
import MAESTWeights

/// The file that an output's path leads to, which is made, empty, where there is none.
struct OutputPlace {
  /// Without symbolic links.
  let path: String
  /// Whether this made it.
  let isNew: Bool

  /// - Throws: `notRecords` for a device or a pipe, which cannot be read again; `cannotWrite`.
  init(_ path: String) throws(RecordOutputError) {
    let place = try Self.file(path)
    let descriptor = FileSystemCalls.openFile(place, O_WRONLY | O_CREAT | O_EXCL)
    isNew = descriptor >= 0
    if isNew {
      close(descriptor)
      // Its name is on disk before any record is.
      guard FileSystemCalls.synchronizeFolder(Folders.parent(of: place)) == 0 else {
        throw .cannotWrite(path: path, reason: systemReason())
      }
    } else if errno != EEXIST {
      throw .cannotWrite(path: path, reason: systemReason())
    }
    guard let resolved = realpath(place, nil) else { throw .cannotWrite(path: path, reason: systemReason()) }
    defer { free(resolved) }
    self.path = String(cString: resolved)
  }

  /// Where symbolic links lead.
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
