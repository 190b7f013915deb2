import Foundation
import Synchronization

/// The end of the pipe that a signal handler, which can capture nothing, writes to.
private let signalPipe = Atomic<Int32>(-1)

/// Turns the first SIGINT or SIGTERM into an end that can be waited for; the second one has its usual effect.
struct Interruption: Sendable {
  /// Becomes readable when the signal has come.
  let descriptor: Int32

  struct SystemError: Error, CustomStringConvertible {
    let code = errno
    var description: String { "cannot watch for signals: \(String(cString: strerror(code)))" }
  }

  /// Watches from now on; to be made once in a process, on its main thread.
  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SystemError() }
    descriptor = ends[0]
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    // Whoever started this program may have left them blocked.
    var watched = sigset_t()
    sigemptyset(&watched)
    for number in [SIGINT, SIGTERM] { sigaddset(&watched, number) }
    pthread_sigmask(SIG_UNBLOCK, &watched, nil)
    for number in [SIGINT, SIGTERM] {
      // Nothing is called here but what a signal handler may call.
      signal(number) { _ in
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        var byte: UInt8 = 1
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
      }
    }
  }

  /// Calls `body` on a thread of its own, once the signal has come.
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
