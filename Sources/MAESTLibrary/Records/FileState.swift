import Foundation
import MAESTWeights

/// What tells one state of a file from another.
public struct FileState: Sendable, Hashable {
  /// Its size.
  public var byteCount: Int
  /// Time of the last change, in nanoseconds since 1970.
  public var modifiedNanoseconds: Int
  /// Of the contents, lower-case hexadecimal; nil where it was not asked for.
  public var sha256: String?

  public init(byteCount: Int, modifiedNanoseconds: Int, sha256: String? = nil) {
    self.byteCount = byteCount
    self.modifiedNanoseconds = modifiedNanoseconds
    self.sha256 = sha256
  }

  /// The state of the file at `path` now; nil where there is none.
  ///
  /// - Parameter hashesContents: whether its SHA-256 is taken; of a file that cannot be read it is not.
  init?(path: String, hashesContents: Bool) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    byteCount = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modifiedNanoseconds = time.tv_sec * 1_000_000_000 + time.tv_nsec
    sha256 = hashesContents && status.st_mode & S_IFMT == S_IFREG ? Self.digest(path) : nil
  }

  /// Whether a file in this state is as it was in another: by its contents where both are known, else by size and
  /// time of change.
  public func isSame(as earlier: FileState) -> Bool {
    guard byteCount == earlier.byteCount else { return false }
    guard let sha256, let other = earlier.sha256 else {
      return modifiedNanoseconds == earlier.modifiedNanoseconds
    }
    return sha256 == other
  }

  private static func digest(_ path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    var digest = SHA256Digest()
    do {
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        piece.withUnsafeBytes { digest.update($0) }
      }
    } catch { return nil }
    return digest.finalize()
  }
}
