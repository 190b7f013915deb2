/// The moment by which a piece of decoding has to be done.
struct Deadline {
  let instant: SuspendingClock.Instant

  /// The time that decoding the file may take in all, for errors.
  let limit: Duration

  /// What is left until then; none or less where it has passed.
  var remaining: Duration { instant - SuspendingClock.now }
}

/// The time that decoding a file may take in all, and how much of it is gone.
///
/// Only the time between `begin` and `end` counts, and not that in which the machine sleeps.
struct DecodingBudget {
  private let limit: Duration?
  private var spent = Duration.zero
  private var start = SuspendingClock.now

  /// - Parameter limit: nil: any time.
  init(limit: Duration?) {
    self.limit = limit
  }

  /// Begins to count.
  ///
  /// - Returns: when all the time will be gone.
  mutating func begin() -> Deadline? {
    start = SuspendingClock.now
    return limit.map { Deadline(instant: start + ($0 - spent), limit: $0) }
  }

  /// Ends counting.
  ///
  /// - Parameters:
  ///   - path, frameCount: what was decoded, and how much of it before.
  /// - Throws: `AudioError.decodingTookTooLong` where more was taken than there was.
  mutating func end(path: String, frameCount: Int) throws(AudioError) {
    spent += SuspendingClock.now - start
    guard let limit, spent > limit else { return }
    throw .decodingTookTooLong(path: path, frameCount: frameCount, limit: limit)
  }
}
