import Foundation
import Synchronization

/// The write end of the pipe. It is global because a signal handler cannot capture variables.
private let signalPipe = Atomic<Int32>(-1)

/// Makes the first SIGINT or SIGTERM an event that can be waited for; the second one has its default effect.
struct Interruption: Sendable {
  /// Becomes readable when a signal has arrived.
  let descriptor: Int32

  struct SystemError: Error, CustomStringConvertible {
    let code = errno
    var description: String { "cannot watch for signals: \(String(cString: strerror(code)))" }
  }

  /// Installs the signal handlers. Create at most one instance per process, on the main thread.
  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SystemError() }
    descriptor = ends[0]
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    // The parent process may have blocked the signals.
    var watched = sigset_t()
    sigemptyset(&watched)
    for number in [SIGINT, SIGTERM] { sigaddset(&watched, number) }
    pthread_sigmask(SIG_UNBLOCK, &watched, nil)
    for number in [SIGINT, SIGTERM] {
      // The handler calls async-signal-safe functions only.
      signal(number) { _ in
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        var byte: UInt8 = 1
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
      }
    }
  }

  /// Calls `body` on a dedicated thread when a signal arrives.
  func whenItHappens(_ body: @escaping @Sendable () -> Void) {
    let descriptor = descriptor
    Thread.detachNewThread {
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      while poll(&state, 1, -1) < 0, errno == EINTR {}
      body()
    }
  }

  var hasHappened: Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) > 0
  }
}
