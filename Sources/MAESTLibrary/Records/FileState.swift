import Foundation
import MAESTFiles
import MAESTWeights

/// What tells one state of a file from another.
public struct FileState: Sendable, Hashable {
  /// Its size.
  public var byteCount: Int
  /// Time of the last change, in nanoseconds since 1970; times before 1677 and after 2262 are the earliest and the
  /// latest that there are, and tell nothing.
  public var modifiedNanoseconds: Int
  /// Of the contents, lower-case hexadecimal; nil in records of earlier versions, and of what could not be read.
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
    modifiedNanoseconds = Self.nanoseconds(seconds: time.tv_sec, time.tv_nsec)
    sha256 = hashesContents && status.st_mode & S_IFMT == S_IFREG ? Self.digest(path) : nil
  }

  /// A time in nanoseconds; the nearest one that there is, where it has none.
  package static func nanoseconds(seconds: Int, _ rest: Int) -> Int {
    let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isTooLarge) = whole.addingReportingOverflow(rest)
    return isTooLong || isTooLarge ? (seconds < 0 ? .min : .max) : sum
  }

  /// Whether the time of the last change tells one state from another.
  private var hasTime: Bool { modifiedNanoseconds != .max && modifiedNanoseconds != .min }

  /// Whether size and time are those of an earlier state.
  func looksLike(_ earlier: FileState) -> Bool {
    byteCount == earlier.byteCount && modifiedNanoseconds == earlier.modifiedNanoseconds && hasTime
  }

  /// Whether the contents are those of an earlier state; nil where that is not known.
  ///
  /// They are, where both digests are equal, or one is missing and size and time are equal.
  public func hasContents(of earlier: FileState) -> Bool? {
    guard byteCount == earlier.byteCount else { return false }
    if let sha256, let other = earlier.sha256 { return sha256 == other }
    return looksLike(earlier) ? true : nil
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
