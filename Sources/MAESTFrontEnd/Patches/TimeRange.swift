/// A time range of a track.
///
/// The range is analysed like a separate signal: its samples are those from `round(start * rate)` up to but not
/// including `round(end * rate)`, at the front end's rate. Everything outside counts as silence, also where frames
/// extend beyond its edges.
public struct TimeRange: Sendable, Hashable {
  /// Start in seconds from the track's beginning, at least 0.
  public var start: Double

  /// End in seconds from the track's beginning, above `start`; nil: the track's end.
  public var end: Double?

  public init(start: Double = 0, end: Double? = nil) {
    self.start = start
    self.end = end
  }

  /// The range in samples of the track; the upper bound is `Int.max` without an explicit end.
  ///
  /// - Throws: `SignalError.invalidTimeRange` for a time that is negative or too large to count, or an empty range.
  package func samples(sampleRate: Int) throws(SignalError) -> Range<Int> {
    func sample(_ time: Double) -> Int? { Int(exactly: (time * Double(sampleRate)).rounded()) }
    guard start >= 0, let lower = sample(start), let upper = end.map(sample) ?? .max, lower < upper else {
      throw .invalidTimeRange(start: start, end: end)
    }
    return lower..<upper
  }
}
