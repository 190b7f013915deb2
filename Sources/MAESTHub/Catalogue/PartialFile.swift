import Foundation
import MAESTFiles
import MAESTWeights

/// A download that is not complete: `NAME.part`, beside it `NAME.part.json` which says of what it is a part.
final class PartialFile {
  /// What the server said of the file of which this is the start.
  struct Origin: Codable, Equatable {
    var url: String
    /// A strong entity tag or a date: with it a server tells whether the file is still the same.
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

  /// Of what this is a part; nil where that is not known.
  var origin: Origin? {
    guard let data = try? Data(contentsOf: originURL) else { return nil }
    return try? JSONDecoder().decode(Origin.self, from: data)
  }

  /// Empties the file and notes what comes now.
  func begin(_ origin: Origin) throws(DownloadError) {
    guard FileSystemCalls.truncateFile(descriptor, to: 0) == 0 else { throw Self.failure(path, errno) }
    byteCount = 0
    do { try AtomicFile.write(try JSONEncoder().encode(origin), to: originURL.path) } catch {
      throw .cannotWrite(path: originURL.path, reason: (error as? FileWriteError)?.reason ?? "\(error)")
    }
  }

  /// Forgets what is there: the next attempt asks for the whole file.
  func restart() { FileSystemCalls.unlinkFile(originURL.path) }

  /// Adds bytes at the end.
  func append(_ data: Data) throws(DownloadError) {
    let written = data.withUnsafeBytes { FileSystemCalls.write($0, to: descriptor, at: byteCount) }
    byteCount += written
    guard written == data.count else { throw Self.failure(path, errno) }
  }

  /// Brings the bytes to disk and gives the file its final name, which is brought to disk too.
  func commit() throws(DownloadError) {
    guard FileSystemCalls.synchronizeFile(descriptor) == 0,
      FileSystemCalls.renameFile(path, to: finalPath) == 0,
      FileSystemCalls.synchronizeFolder(Folders.parent(of: finalPath)) == 0
    else {
      throw Self.failure(finalPath, errno)
    }
    FileSystemCalls.unlinkFile(originURL.path)
  }

  /// Removes the file.
  func discard() {
    FileSystemCalls.unlinkFile(path)
    FileSystemCalls.unlinkFile(originURL.path)
  }

  private static func failure(_ path: String, _ code: Int32) -> DownloadError {
    .cannotWrite(path: path, reason: DownloadError.reason(code))
  }
}
