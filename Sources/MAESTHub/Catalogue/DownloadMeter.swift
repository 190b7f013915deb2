/// How far a download has come, how fast it goes and how long it will take.
package struct DownloadMeter: Sendable {
  /// Name of the file.
  package let name: String
  /// Size of the whole file, where it is known.
  package let totalByteCount: Int?
  /// Bytes that are there.
  package private(set) var byteCount: Int
  /// Moments of the last seconds and the bytes that were there then, oldest first.
  private var samples: [(instant: ContinuousClock.Instant, byteCount: Int)]

  private static let window = Duration.seconds(5)
  private static let spacing = Duration.milliseconds(200)

  /// - Parameter byteCount: bytes that are there from an earlier attempt.
  package init(name: String, totalByteCount: Int?, byteCount: Int, at instant: ContinuousClock.Instant) {
    self.name = name
    self.totalByteCount = totalByteCount
    self.byteCount = byteCount
    samples = [(instant, byteCount)]
  }

  /// Notes how many bytes are there now.
  package mutating func update(byteCount: Int, at instant: ContinuousClock.Instant) {
    self.byteCount = byteCount
    while samples.count > 1, samples[1].instant <= instant - Self.window { samples.removeFirst() }
    if let last = samples.last, instant - last.instant >= Self.spacing {
      samples.append((instant, byteCount))
    }
  }

  /// Bytes per second over the last seconds; nil at first.
  package var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.instant > first.instant else { return nil }
    return Double(last.byteCount - first.byteCount) / ((last.instant - first.instant) / .seconds(1))
  }

  /// Seconds until the file is complete, at the present rate; nil where that cannot be said.
  package var remainingSeconds: Double? {
    guard let rate, rate > 0, let totalByteCount else { return nil }
    return Double(max(0, totalByteCount - byteCount)) / rate
  }

  /// The part that is there, from 0 to 1; nil where the size is not known.
  package var fraction: Double? {
    totalByteCount.map { $0 > 0 ? min(1, Double(byteCount) / Double($0)) : 1 }
  }
}
