/// A position in a picture, in points from its upper left corner.
public struct Point: Sendable, Equatable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

extension Int {
  /// Rounds a position to the nearest whole pixel; positions too far away are clamped to a value far outside every
  /// picture.
  init(pixel place: Double) {
    self = place.isNaN ? 0 : Int(Swift.min(Swift.max(place.rounded(), -1e9), 1e9))
  }
}

/// An axis-aligned rectangle in a picture, in points from its upper left corner.
public struct Box: Sendable, Equatable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  var right: Double { x + width }
  var bottom: Double { y + height }
}
