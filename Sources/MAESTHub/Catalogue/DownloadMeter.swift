/// Progress, rate and remaining time of a download.
package struct DownloadMeter: Sendable {
  /// Name of the file.
  package let name: String
  /// Size of the whole file, if known.
  package let totalByteCount: Int?
  /// Bytes received so far, including those of earlier attempts.
  package private(set) var byteCount: Int
  /// Byte counts of the last seconds with their times, oldest first.
  private var samples: [(instant: ContinuousClock.Instant, byteCount: Int)]

  private static let window = Duration.seconds(5)
  private static let spacing = Duration.milliseconds(200)

  /// - Parameter byteCount: bytes received in earlier attempts.
  package init(name: String, totalByteCount: Int?, byteCount: Int, at instant: ContinuousClock.Instant) {
    self.name = name
    self.totalByteCount = totalByteCount
    self.byteCount = byteCount
    samples = [(instant, byteCount)]
  }

  /// Records the number of bytes received so far.
  package mutating func update(byteCount: Int, at instant: ContinuousClock.Instant) {
    self.byteCount = byteCount
    while samples.count > 1, samples[1].instant <= instant - Self.window { samples.removeFirst() }
    if let last = samples.last, instant - last.instant >= Self.spacing {
      samples.append((instant, byteCount))
    }
  }

  /// Bytes per second over the last seconds; nil until there are two samples.
  package var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.instant > first.instant else { return nil }
    return Double(last.byteCount - first.byteCount) / ((last.instant - first.instant) / .seconds(1))
  }

  /// Estimated seconds until the file is complete at the present rate; nil if the rate or the size is unknown.
  package var remainingSeconds: Double? {
    guard let rate, rate > 0, let totalByteCount else { return nil }
    return Double(max(0, totalByteCount - byteCount)) / rate
  }

  /// Fraction of the file received, from 0 to 1; nil if the size is unknown.
  package var fraction: Double? {
    totalByteCount.map { $0 > 0 ? min(1, Double(byteCount) / Double($0)) : 1 }
  }
}
