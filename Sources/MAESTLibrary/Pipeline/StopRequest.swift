import Synchronization

/// Asks a run to end early: forward passes are cancelled before their next encoder block, and the records of complete
/// tracks are written.
public final class StopRequest: Sendable {
  private struct State {
    var isRequested = false
    var handlers: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  public init() {}

  /// Whether a stop was requested.
  public var isRequested: Bool { state.withLock { $0.isRequested } }

  /// Requests a stop. May be called from any thread, and more than once.
  public func request() {
    let handlers = state.withLock { state in
      state.isRequested = true
      defer { state.handlers = [] }
      return state.handlers
    }
    for handler in handlers { handler() }
  }

  /// Calls `handler` when a stop is requested, or immediately if it already was.
  func whenRequested(_ handler: @escaping @Sendable () -> Void) {
    let wasRequested = state.withLock { state in
      if !state.isRequested { state.handlers.append(handler) }
      return state.isRequested
    }
    if wasRequested { handler() }
  }
}
