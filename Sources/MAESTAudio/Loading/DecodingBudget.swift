/// The time by which a decoding step must be finished.
package struct Deadline: Equatable, Sendable {
  /// Over a hundred years: longer than any wait, and short enough not to overflow any clock.
  static let longest = Duration.seconds(1 << 32)

  package let instant: SuspendingClock.Instant

  /// The total decoding time allowed for the file, for errors.
  package let limit: Duration

  /// The time left; zero or negative after the deadline.
  var remaining: Duration { instant - SuspendingClock.now }
}

/// The total time allowed for decoding a file, and the part of it that is used up.
///
/// Only the time between `begin` and `end` counts. The time during which the machine sleeps does not.
package struct DecodingBudget {
  private let limit: Duration?
  private let now: () -> SuspendingClock.Instant
  private var spent = Duration.zero
  private var start: SuspendingClock.Instant

  /// - Parameters:
  ///   - limit: nil: no limit.
  ///   - now: returns the current time.
  package init(limit: Duration?, now: @escaping () -> SuspendingClock.Instant = { .now }) {
    self.limit = limit.map { min($0, Deadline.longest) }
    self.now = now
    start = now()
  }

  /// Starts the clock.
  ///
  /// - Returns: when the time will be used up.
  package mutating func begin() -> Deadline? {
    start = now()
    return limit.map { Deadline(instant: start + ($0 - spent), limit: $0) }
  }

  /// Stops the clock.
  ///
  /// - Parameters:
  ///   - path, frameCount: the file and the number of frames decoded so far, for the error.
  /// - Throws: `AudioError.decodingTookTooLong` if the time is exceeded.
  package mutating func end(path: String, frameCount: Int) throws(AudioError) {
    spent += now() - start
    guard let limit, spent > limit else { return }
    throw .decodingTookTooLong(path: path, frameCount: frameCount, limit: limit)
  }
}
