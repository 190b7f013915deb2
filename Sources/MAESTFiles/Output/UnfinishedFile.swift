import Foundation

/// Temporary files that are being written, or were left by an ended process: `NAME.maest-partial`, locked while it is
/// written, and `NAME.maest-partial-PROCESS-NUMBER`; in earlier versions `NAME.partial-PROCESS-NUMBER`.
package enum UnfinishedFile {
  /// A file is left over only if it has not changed for this many seconds: a process on another machine cannot be
  /// detected, but would have written since.
  private static let silence: TimeInterval = 600

  package static func isLeftOver(_ path: String, _ status: FileStatus) -> Bool {
    guard status.lastChange.timeIntervalSinceNow < -silence else { return false }
    if path.hasSuffix(".maest-partial") { return isUnlocked(path) }
    guard let process = process(path) else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  private static func process(_ path: String) -> pid_t? {
    guard let match = path.wholeMatch(of: #/.+\.(?:maest-)?partial-([0-9]+)-[0-9]+/#) else { return nil }
    return pid_t(match.1).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func isUnlocked(_ path: String) -> Bool {
    let descriptor = PathCalls.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }
}
