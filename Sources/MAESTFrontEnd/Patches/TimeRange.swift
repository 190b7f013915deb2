/// A stretch of a track, from one time to another.
///
/// It is analysed as if its samples were a signal of their own: those from `round(start * rate)` to below
/// `round(end * rate)`, at the front end's rate. What lies outside counts as silence, also where the frames at its
/// edges reach beyond it.
public struct TimeRange: Sendable, Hashable {
  /// Seconds from the track's beginning, at least 0.
  public var start: Double

  /// Seconds from the track's beginning, above `start`; nil: the track's end.
  public var end: Double?

  public init(start: Double = 0, end: Double? = nil) {
    self.start = start
    self.end = end
  }

  /// Its samples in the track; up to `Int.max` where it goes to the track's end.
  ///
  /// - Throws: `SignalError.invalidTimeRange` for a time below 0, beyond what can be counted, or a range of no sample.
  package func samples(sampleRate: Int) throws(SignalError) -> Range<Int> {
    func sample(_ time: Double) -> Int? { Int(exactly: (time * Double(sampleRate)).rounded()) }
    guard start >= 0, let lower = sample(start), let upper = end.map(sample) ?? .max, lower < upper else {
      throw .invalidTimeRange(start: start, end: end)
    }
    return lower..<upper
  }
}
