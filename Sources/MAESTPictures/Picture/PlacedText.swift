/// A line of text at its place in a picture.
public struct PlacedText: Sendable, Equatable {
  /// Which part of the text stands at its place.
  public enum Anchor: Sendable, Hashable {
    case start, middle, end
  }

  /// What is shown: without control characters, on one line.
  public let text: String
  /// Where the baseline's start, middle or end is, by ``anchor``.
  public var position: Point
  /// The height of the font, in points.
  public var size: Double
  public var anchor: Anchor
  public var ink: Ink
  public var isBold: Bool
  /// Whether it runs upwards instead of to the right.
  public var isUpright: Bool
  /// All of the text where ``text`` is only its start.
  public var fullText: String?

  public init(
    _ text: String, at position: Point, size: Double, anchor: Anchor = .start, ink: Ink = .text,
    isBold: Bool = false, isUpright: Bool = false
  ) {
    self.text = TextFitting.line(text)
    self.position = position
    self.size = size
    self.anchor = anchor
    self.ink = ink
    self.isBold = isBold
    self.isUpright = isUpright
  }

  /// The same, cut to run no farther than a width.
  func shortened(to width: Double) -> PlacedText {
    let short = TextFitting.shortened(text, to: width, size: size, isBold: isBold)
    guard short != text else { return self }
    var copy = PlacedText(
      short, at: position, size: size, anchor: anchor, ink: ink, isBold: isBold, isUpright: isUpright)
    copy.fullText = fullText ?? text
    return copy
  }

  /// How far it runs, in points.
  public var length: Double { StrokeFont.width(of: text, size: size, isBold: isBold) }

  /// How far the start lies before ``position``.
  var lead: Double {
    switch anchor {
    case .start: 0
    case .middle: length / 2
    case .end: length
    }
  }

  /// What it covers.
  public var box: Box {
    let (above, below) = (StrokeFont.ascent * size, StrokeFont.descent * size)
    return isUpright
      ? Box(
        x: position.x - above, y: position.y + lead - length, width: above + below, height: length)
      : Box(x: position.x - lead, y: position.y - above, width: length, height: above + below)
  }
}
