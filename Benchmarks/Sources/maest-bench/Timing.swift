/// Times of one piece of work.
struct Samples: Encodable {
  /// Seconds, in the order in which they were taken; at least one.
  let seconds: [Double]

  init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "no samples")
    self.seconds = seconds
  }

  var minimum: Double { seconds.reduce(.infinity, min) }

  /// The middle one, or the mean of the two in the middle.
  var median: Double {
    let sorted = seconds.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private enum Key: CodingKey { case minimum, median, seconds }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(minimum, forKey: .minimum)
    try container.encode(median, forKey: .median)
    try container.encode(seconds, forKey: .seconds)
  }
}

/// Wall-clock seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

extension Double {
  /// The same in words, with four significant digits: "1.234 s", "12.34 ms", "123.4 us".
  var asTime: String {
    let (value, unit) = self >= 1 ? (self, "s") : self >= 1e-3 ? (self * 1e3, "ms") : (self * 1e6, "us")
    return "\(value.fixed(value >= 100 ? 1 : value >= 10 ? 2 : 3)) \(unit)"
  }
}
