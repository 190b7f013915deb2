import Dispatch
import Foundation
import Synchronization

/// Values that a thread of its own makes, a few ahead of the one who takes them.
///
/// The thread is none of Dispatch's, whose number is that of the cores: it waits most of the time.
package final class ReadAhead<Value: Sendable>: Sendable {
  /// Hands a value over, waiting for room; throws once nobody wants more.
  package typealias Deliver = (Value) throws -> Void

  private struct State {
    var ready: [Value] = []
    var end: Result<Void, any Error>?
    var isAbandoned = false
  }

  private let state = Mutex(State())
  /// Counts what ``next()`` can take: the values, and the end.
  private let filled = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - capacity: the most values that wait, at least 1.
  ///   - produce: makes all values, on the thread; what it throws, ``next()`` throws after the last value.
  package init(capacity: Int, _ produce: @escaping @Sendable (_ deliver: Deliver) throws -> Void) {
    for _ in 0..<capacity { room.signal() }
    Thread.detachNewThread { [self] in
      let end = Result { try produce { try deliver($0) } }
      state.withLock { $0.end = end }
      filled.signal()
    }
  }

  private func deliver(_ value: Value) throws {
    room.wait()
    try state.withLock { state in
      if state.isAbandoned { throw CancellationError() }
      state.ready.append(value)
    }
    filled.signal()
  }

  /// The next value, waiting for it; nil after the last one.
  package func next() throws -> Value? {
    filled.wait()
    let (value, end) = state.withLock { state in
      (state.ready.isEmpty ? nil : state.ready.removeFirst(), state.end)
    }
    if let value {
      room.signal()
      return value
    }
    // The end can be asked for again.
    filled.signal()
    try end?.get()
    return nil
  }

  /// Lets the thread end at its next value.
  package func abandon() {
    state.withLock { $0.isAbandoned = true }
    room.signal()
  }
}
