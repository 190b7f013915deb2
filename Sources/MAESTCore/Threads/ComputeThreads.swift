import Dispatch
import MAESTKernels
import Synchronization

/// Threads for the forward passes of asynchronous calls: at most as many at once as there are cores. Further work is
/// queued in order.
///
/// They are separate from Swift's cooperative thread pool: a forward pass takes long and blocks its thread.
package final class ComputeThreads: Sendable {
  package static let shared = ComputeThreads(count: ProcessorCount.available())

  private struct State {
    /// Serial queues, each of which has a thread while it has work.
    var idle: [DispatchQueue]
    var waiting: [@Sendable () -> Void] = []
  }

  private let state: Mutex<State>

  package init(count: Int) {
    state = Mutex(State(idle: (0..<max(count, 1)).map { DispatchQueue(label: "maest.compute.\($0)") }))
  }

  /// Runs work as soon as a thread is available.
  private func start(_ work: @escaping @Sendable () -> Void) {
    let queue = state.withLock { state -> DispatchQueue? in
      guard let queue = state.idle.popLast() else {
        state.waiting.append(work)
        return nil
      }
      return queue
    }
    queue?.async { self.run(work, on: queue) }
  }

  private func run(_ work: @Sendable () -> Void, on queue: DispatchQueue?) {
    work()
    let next = state.withLock { state -> (@Sendable () -> Void)? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      if let queue { state.idle.append(queue) }
      return nil
    }
    // Enqueues again instead of looping, so that objects held by the previous work are released.
    if let next { queue?.async { self.run(next, on: queue) } }
  }

  /// Runs long work on one of the threads.
  ///
  /// A cancelled task returns at once while its work waits, and at the next checkpoint while it runs.
  ///
  /// - Parameters:
  ///   - timeLimit: for waiting and running together; nil: no limit.
  ///   - work: must call the given checkpoint between steps.
  package func run<Result: Sendable>(
    timeLimit: Duration? = nil, _ work: @escaping @Sendable (_ checkpoint: Checkpoint) throws -> Result
  ) async throws -> Result {
    let job = Job<Result>()
    let checkpoint = Checkpoint(flag: job.flag, timeLimit: timeLimit)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard job.wait(continuation) else { return }
        start { job.run { try work(checkpoint) } }
      }
    } onCancel: {
      job.cancel()
    }
  }
}

/// Work that waits for a thread, and the continuation that waits for its result.
private final class Job<Result: Sendable>: Sendable {
  let flag = CancellationFlag()
  /// The continuation, until the work begins.
  private let waiting = Mutex<CheckedContinuation<Result, any Error>?>(nil)

  /// - Returns: false if the work was cancelled before.
  func wait(_ continuation: CheckedContinuation<Result, any Error>) -> Bool {
    waiting.withLock { $0 = continuation }
    // Checked after storing the continuation, so that a cancellation either finds it or is seen here.
    if flag.isSet { cancel() }
    return waiting.withLock { $0 != nil }
  }

  func cancel() {
    flag.set()
    take()?.resume(throwing: CancellationError())
  }

  func run(_ work: () throws -> Result) {
    guard let continuation = take() else { return }
    continuation.resume(with: Swift.Result { try work() })
  }

  private func take() -> CheckedContinuation<Result, any Error>? {
    waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
  }
}
