import Foundation
import MAESTFiles
import MAESTWeights

/// Size, modification time and digest of a file, to detect changes.
public struct FileState: Sendable, Hashable {
  /// Size in bytes.
  public var byteCount: Int
  /// Modification time, in nanoseconds since 1970. Times before 1677 and after 2262 are clamped to `Int.min` and
  /// `Int.max`, and are not compared.
  public var modifiedNanoseconds: Int
  /// SHA-256 of the contents, lower-case hexadecimal; nil in records of earlier versions and for unreadable files.
  public var sha256: String?

  public init(byteCount: Int, modifiedNanoseconds: Int, sha256: String? = nil) {
    self.byteCount = byteCount
    self.modifiedNanoseconds = modifiedNanoseconds
    self.sha256 = sha256
  }

  /// Reads the current state of the file at `path`; nil if it does not exist.
  ///
  /// - Parameter hashesContents: whether to compute the SHA-256; it stays nil for an unreadable file.
  init?(path: String, hashesContents: Bool) {
    guard let status = PathCalls.status(path) else { return nil }
    byteCount = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modifiedNanoseconds = Self.nanoseconds(seconds: time.tv_sec, time.tv_nsec)
    sha256 = hashesContents && status.st_mode & S_IFMT == S_IFREG ? Self.digest(path) : nil
  }

  /// Converts a time to nanoseconds; clamps times that are out of range.
  package static func nanoseconds(seconds: Int, _ rest: Int) -> Int {
    let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isTooLarge) = whole.addingReportingOverflow(rest)
    return isTooLong || isTooLarge ? (seconds < 0 ? .min : .max) : sum
  }

  /// Whether the modification time is in range and can be compared.
  private var hasTime: Bool { modifiedNanoseconds != .max && modifiedNanoseconds != .min }

  /// Whether size and modification time equal those of an earlier state.
  func looksLike(_ earlier: FileState) -> Bool {
    byteCount == earlier.byteCount && modifiedNanoseconds == earlier.modifiedNanoseconds && hasTime
  }

  /// Whether the contents equal those of an earlier state; nil if unknown.
  ///
  /// They are equal if both digests are equal, or if a digest is missing and size and time are equal.
  public func hasContents(of earlier: FileState) -> Bool? {
    guard byteCount == earlier.byteCount else { return false }
    if let sha256, let other = earlier.sha256 { return sha256 == other }
    return looksLike(earlier) ? true : nil
  }

  private static func digest(_ path: String) -> String? {
    let descriptor = PathCalls.open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var digest = SHA256Digest()
    do {
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        piece.withUnsafeBytes { digest.update($0) }
      }
    } catch { return nil }
    return digest.finalize()
  }
}
