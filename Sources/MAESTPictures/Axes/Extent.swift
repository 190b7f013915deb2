/// The range of an axis or of a value scale.
public struct Extent: Sendable, Equatable {
  public var lower: Double
  public var upper: Double

  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Creates the range from the minimum to the maximum of the finite values; nil if there are none.
  init?(of values: some Sequence<Double>) {
    var found: (Double, Double)?
    for value in values where value.isFinite {
      found = found.map { (min($0.0, value), max($0.1, value)) } ?? (value, value)
    }
    guard let found else { return nil }
    self.init(found.0, found.1)
  }

  var length: Double { upper - lower }

  /// The same range; a single value is widened in proportion to its magnitude.
  var widened: Extent {
    // Numbers closer than this are equal in single precision.
    let least = max(abs(lower), abs(upper)) * 1e-6
    guard length <= least else { return self }
    let reach = max(abs(lower) / 2, 0.5)
    return Extent(lower - reach, upper + reach)
  }

  /// Returns the range extended at both ends by a fraction of its length.
  func padded(by part: Double) -> Extent {
    Extent(lower - length * part, upper + length * part)
  }

  /// The smallest range that contains this one and is centred on zero.
  var centred: Extent {
    let reach = max(abs(lower), abs(upper))
    return Extent(-reach, reach)
  }

  /// Throws unless both ends are finite and in order.
  func validate(of name: String) throws(PictureError) {
    guard lower.isFinite, upper.isFinite, length.isFinite, length > 0, length > abs(lower) * 1e-12 else {
      throw .invalidExtent(of: name, lower: lower, upper: upper)
    }
  }
}
