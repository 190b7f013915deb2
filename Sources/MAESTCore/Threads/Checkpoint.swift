import Synchronization

/// A flag that says whether an analysis was cancelled; any thread may set it.
package final class CancellationFlag: Sendable {
  private let value = Atomic<Bool>(false)

  package init() {}

  package var isSet: Bool { value.load(ordering: .relaxed) }

  package func set() { value.store(true, ordering: .relaxed) }
}

/// Ends an analysis that was cancelled or exceeds its time limit. It is called before each encoder block, between
/// patches, and while an analysis waits for decoded samples.
package struct Checkpoint: Sendable {
  private let flag: CancellationFlag?
  private let limit: Duration?
  private let deadline: ContinuousClock.Instant?

  /// - Parameters:
  ///   - flag: set when the analysis is cancelled; nil: the current task's cancellation is used.
  ///   - timeLimit: time from now on; nil: no limit.
  package init(flag: CancellationFlag? = nil, timeLimit: Duration? = nil) {
    self.flag = flag
    limit = timeLimit
    // More than a hundred years would overflow some clocks.
    deadline = timeLimit.map { .now + min($0, .seconds(1 << 32)) }
  }

  /// - Throws: `CancellationError` if the analysis was cancelled, ``ModelError/timeLimitExceeded(limit:)`` after the
  ///   deadline.
  package func callAsFunction() throws {
    if flag?.isSet ?? Task.isCancelled { throw CancellationError() }
    if let limit, let deadline, .now >= deadline { throw ModelError.timeLimitExceeded(limit: limit) }
  }
}
