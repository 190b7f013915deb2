import MAESTPictures

extension Picture {
  /// What text covers, in the order of the elements.
  var textBoxes: [(text: String, box: Box)] {
    elements.compactMap { element in
      if case .text(let text) = element { (text.text, text.box) } else { nil }
    }
  }
}

extension Box {
  private static let hair = 0.01

  /// Whether the insides of two boxes share more than a hair.
  func intersects(_ other: Box) -> Bool {
    x + Self.hair < other.x + other.width && other.x + Self.hair < x + width
      && y + Self.hair < other.y + other.height && other.y + Self.hair < y + height
  }

  /// Whether another box lies within this one.
  func contains(_ other: Box) -> Bool {
    other.x >= x - Self.hair && other.y >= y - Self.hair
      && other.x + other.width <= x + width + Self.hair && other.y + other.height <= y + height + Self.hair
  }
}
