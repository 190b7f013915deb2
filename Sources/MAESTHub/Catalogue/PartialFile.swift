import Foundation
import MAESTFiles
import MAESTWeights

/// An incomplete download `NAME.part`. `NAME.part.json` beside it describes the complete file.
final class PartialFile {
  /// What the server reported about the complete file.
  struct Origin: Codable, Equatable {
    var url: String
    /// A strong entity tag or a date, by which the server tells whether the file has changed.
    var validator: String?
    /// Size of the whole file.
    var byteCount: Int?
  }

  let path: String
  private let finalPath: String
  private let descriptor: Int32
  private(set) var byteCount: Int

  private var originURL: URL { URL(filePath: path + ".json") }

  /// Opens or makes `finalPath.part`.
  init(finalPath: String) throws(DownloadError) {
    self.finalPath = finalPath
    path = finalPath + ".part"
    descriptor = FileSystemCalls.openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, FileStatus(status).isRegularFile else {
      close(descriptor)
      throw Self.failure(path, EINVAL)
    }
    byteCount = FileStatus(status).byteCount
  }

  deinit { close(descriptor) }

  /// Describes the complete file; nil if unknown.
  var origin: Origin? {
    guard let data = try? Data(contentsOf: originURL) else { return nil }
    return try? JSONDecoder().decode(Origin.self, from: data)
  }

  /// Empties the file and stores the origin of the bytes that will follow.
  func begin(_ origin: Origin) throws(DownloadError) {
    guard FileSystemCalls.truncateFile(descriptor, to: 0) == 0 else { throw Self.failure(path, errno) }
    byteCount = 0
    do { try AtomicFile.write(try JSONEncoder().encode(origin), to: originURL.path) } catch {
      throw .cannotWrite(path: originURL.path, reason: (error as? FileWriteError)?.reason ?? "\(error)")
    }
  }

  /// Removes the origin, so that the next attempt requests the whole file.
  func restart() { FileSystemCalls.unlinkFile(originURL.path) }

  /// Adds bytes at the end.
  func append(_ data: Data) throws(DownloadError) {
    let written = data.withUnsafeBytes { FileSystemCalls.write($0, to: descriptor, at: byteCount) }
    byteCount += written
    guard written == data.count else { throw Self.failure(path, errno) }
  }

  /// Syncs the file to disk, renames it to its final name, and syncs the folder.
  func commit() throws(DownloadError) {
    guard FileSystemCalls.synchronizeFile(descriptor) == 0,
      FileSystemCalls.renameFile(path, to: finalPath) == 0,
      FileSystemCalls.synchronizeFolder(Folders.parent(of: finalPath)) == 0
    else {
      throw Self.failure(finalPath, errno)
    }
    FileSystemCalls.unlinkFile(originURL.path)
  }

  /// Removes the partial file and its origin.
  func discard() {
    FileSystemCalls.unlinkFile(path)
    FileSystemCalls.unlinkFile(originURL.path)
  }

  private static func failure(_ path: String, _ code: Int32) -> DownloadError {
    .cannotWrite(path: path, reason: DownloadError.reason(code))
  }
}
