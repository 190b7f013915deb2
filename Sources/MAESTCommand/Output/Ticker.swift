import Foundation
import Synchronization

/// Does something again and again on a thread of its own, until it is stopped.
final class Ticker: Sendable {
  private let isStopped = Mutex(false)

  /// - Parameter interval: in seconds; nil: never.
  init(every interval: Double?, _ body: @escaping @Sendable () -> Void) {
    guard let interval else { return }
    Thread.detachNewThread { [self] in
      var next = ContinuousClock.now + .seconds(interval)
      while true {
        Thread.sleep(forTimeInterval: 0.1)
        guard ContinuousClock.now >= next else { continue }
        next = .now + .seconds(interval)
        // Under the lock: nothing is shown after the stop.
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
