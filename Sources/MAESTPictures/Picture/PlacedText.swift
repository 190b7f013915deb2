/// A line of text at a position in a picture.
public struct PlacedText: Sendable, Equatable {
  /// The part of the text that is at its position.
  public enum Anchor: Sendable, Hashable {
    case start, middle, end
  }

  /// The text that is shown: one line, without control characters.
  public let text: String
  /// Position of the baseline's start, middle or end, as given by ``anchor``.
  public var position: Point
  /// The font size in points.
  public var size: Double
  public var anchor: Anchor
  public var ink: Ink
  public var isBold: Bool
  /// Whether the text is rotated to run upwards.
  public var isUpright: Bool
  /// The full text if ``text`` is a shortened form.
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

  /// Returns the text shortened to fit into a width.
  func shortened(to width: Double) -> PlacedText {
    let short = TextFitting.shortened(text, to: width, size: size, isBold: isBold)
    guard short != text else { return self }
    var copy = PlacedText(
      short, at: position, size: size, anchor: anchor, ink: ink, isBold: isBold, isUpright: isUpright)
    copy.fullText = fullText ?? text
    return copy
  }

  /// The width of the text in points.
  public var length: Double { StrokeFont.width(of: text, size: size, isBold: isBold) }

  /// The distance from the start of the text to ``position``.
  var lead: Double {
    switch anchor {
    case .start: 0
    case .middle: length / 2
    case .end: length
    }
  }

  /// The bounding box.
  public var box: Box {
    let (above, below) = (StrokeFont.ascent * size, StrokeFont.descent * size)
    return isUpright
      ? Box(
        x: position.x - above, y: position.y + lead - length, width: above + below, height: length)
      : Box(x: position.x - lead, y: position.y - above, width: length, height: above + below)
  }
}
