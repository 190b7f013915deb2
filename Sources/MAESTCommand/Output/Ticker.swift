import Foundation
import Synchronization

/// Calls a closure periodically on a dedicated thread until it is stopped.
final class Ticker: Sendable {
  private let isStopped = Mutex(false)

  /// - Parameter interval: seconds between calls; if nil, `body` is never called.
  init(every interval: Double?, _ body: @escaping @Sendable () -> Void) {
    guard let interval else { return }
    Thread.detachNewThread { [self] in
      var next = ContinuousClock.now + .seconds(interval)
      while true {
        Thread.sleep(forTimeInterval: 0.1)
        guard ContinuousClock.now >= next else { continue }
        next = .now + .seconds(interval)
        // Call the body under the lock, so that it is not called after `stop()` returns.
        let goesOn = isStopped.withLock { isStopped in
          if !isStopped { body() }
          return !isStopped
        }
        if !goesOn { return }
      }
    }
  }

  func stop() { isStopped.withLock { $0 = true } }
}
