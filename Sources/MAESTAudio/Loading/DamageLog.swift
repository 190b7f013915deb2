import MAESTFrontEnd

/// Collects what is missing of a file's sound.
///
/// Places that are close together become one warning, and after many places the rest becomes one.
struct DamageLog {
  /// The largest number of warnings.
  private static let capacity = 32

  /// Places nearer than this, in seconds, become one.
  private static let nearness = 1.0

  private(set) var warnings: [AudioWarning] = []
  private var placeCounts: [Int] = []

  /// Adds a loss.
  ///
  /// - Parameters:
  ///   - at: where in the decoded sound, in seconds.
  ///   - seconds: how much is missing; nil: unknown.
  mutating func add(_ code: AudioWarning.Code, at: Double, seconds: Double?, message: String) {
    if let last = warnings.last, last.code == code,
      at - (last.at ?? 0) < Self.nearness || warnings.count >= Self.capacity
    {
      placeCounts[placeCounts.count - 1] += 1
      extend(by: seconds)
    } else {
      warnings.append(
        AudioWarning(code, at: Self.rounded(at), seconds: seconds.map(Self.rounded), message: message))
      placeCounts.append(1)
    }
  }

  private mutating func extend(by seconds: Double?) {
    let index = warnings.count - 1
    let sum = (warnings[index].seconds ?? 0) + (seconds ?? 0)
    warnings[index].seconds = warnings[index].seconds == nil && seconds == nil ? nil : Self.rounded(sum)
    let suffix = placeCounts[index] > 2 ? Self.suffix(placeCounts[index] - 1) : ""
    let text = warnings[index].message
    let plain = suffix.isEmpty || !text.hasSuffix(suffix) ? text : String(text.dropLast(suffix.count))
    warnings[index].message = plain + Self.suffix(placeCounts[index])
  }

  private static func suffix(_ count: Int) -> String {
    count == 2 ? " (and in another place)" : " (and in \(count - 1) other places)"
  }

  /// Milliseconds are enough.
  private static func rounded(_ seconds: Double) -> Double { (1000 * seconds).rounded() / 1000 }
}
