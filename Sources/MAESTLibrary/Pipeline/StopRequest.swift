import Synchronization

/// Asks a run to end early: passes through the network end before their next encoder block, and the records of tracks
/// that are complete are written.
public final class StopRequest: Sendable {
  private struct State {
    var isRequested = false
    var handlers: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  public init() {}

  /// Whether it was asked.
  public var isRequested: Bool { state.withLock { $0.isRequested } }

  /// Asks; may be called from any thread, and more than once.
  public func request() {
    let handlers = state.withLock { state in
      state.isRequested = true
      defer { state.handlers = [] }
      return state.handlers
    }
    for handler in handlers { handler() }
  }

  /// Calls `handler` once it is asked for, or at once if it was.
  func whenRequested(_ handler: @escaping @Sendable () -> Void) {
    let wasRequested = state.withLock { state in
      if !state.isRequested { state.handlers.append(handler) }
      return state.isRequested
    }
    if wasRequested { handler() }
  }
}
