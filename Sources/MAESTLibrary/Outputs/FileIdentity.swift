import Foundation
import MAESTFiles

/// Identity of a file or folder (device and inode), independent of its path.
struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let number: ino_t

  /// Nil if nothing exists at the path.
  init?(path: String) {
    guard let status = PathCalls.status(path) else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}

/// The system's message for the call that just failed.
func systemReason() -> String { String(cString: strerror(errno)) }
