/// The moment by which a piece of decoding has to be done.
package struct Deadline: Equatable, Sendable {
  /// More than anybody waits, and few enough seconds for every clock: over a hundred years.
  static let longest = Duration.seconds(1 << 32)

  package let instant: SuspendingClock.Instant

  /// The time that decoding the file may take in all, for errors.
  package let limit: Duration

  /// What is left until then; none or less where it has passed.
  var remaining: Duration { instant - SuspendingClock.now }
}

/// The time that decoding a file may take in all, and how much of it is gone.
///
/// Only the time between `begin` and `end` counts, and not that in which the machine sleeps.
package struct DecodingBudget {
  private let limit: Duration?
  private let now: () -> SuspendingClock.Instant
  private var spent = Duration.zero
  private var start: SuspendingClock.Instant

  /// - Parameters:
  ///   - limit: nil: any time.
  ///   - now: tells the time.
  package init(limit: Duration?, now: @escaping () -> SuspendingClock.Instant = { .now }) {
    self.limit = limit.map { min($0, Deadline.longest) }
    self.now = now
    start = now()
  }

  /// Begins to count.
  ///
  /// - Returns: when all the time will be gone.
  package mutating func begin() -> Deadline? {
    start = now()
    return limit.map { Deadline(instant: start + ($0 - spent), limit: $0) }
  }

  /// Ends counting.
  ///
  /// - Parameters:
  ///   - path, frameCount: what was decoded, and how much of it before.
  /// - Throws: `AudioError.decodingTookTooLong` where more was taken than there was.
  package mutating func end(path: String, frameCount: Int) throws(AudioError) {
    spent += now() - start
    guard let limit, spent > limit else { return }
    throw .decodingTookTooLong(path: path, frameCount: frameCount, limit: limit)
  }
}
