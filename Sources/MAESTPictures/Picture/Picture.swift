/// A drawing: rectangles, images, lines, discs and text, each over those before it.
///
/// It is described once, in points (the pixels of style sheets), and written as SVG or as PNG; the same description
/// gives the same bytes.
public struct Picture: Sendable, Equatable {
  /// What a picture is made of.
  public enum Element: Sendable, Equatable {
    /// A filled rectangle.
    case rectangle(Box, Ink)
    /// An image stretched over a box, its pixels visible as small rectangles.
    case image(PNGImage, Box)
    /// A line through points.
    case line([Point], Stroke)
    /// A filled circle.
    case disc(center: Point, radius: Double, Ink)
    /// Text on one line.
    case text(PlacedText)
  }

  /// How a line is drawn: with round ends and corners.
  public struct Stroke: Sendable, Equatable {
    public var ink: Ink
    /// In points.
    public var width: Double
    /// The lengths of dashes and gaps in turn, in points; empty for an unbroken line.
    public var dashes: [Double]

    public init(_ ink: Ink, width: Double = 1, dashes: [Double] = []) {
      self.ink = ink
      self.width = width
      self.dashes = dashes
    }
  }

  /// In points.
  public let width: Int
  /// In points.
  public let height: Int
  /// What the picture is called.
  public var title: String
  /// What it shows, in words, for those who cannot see it.
  public var summary: String
  public private(set) var elements: [Element] = []

  static let sides = 1...8192

  /// An empty picture.
  ///
  /// - Throws: ``PictureError`` for a size without area or beyond 8192 points.
  public init(width: Int, height: Int, title: String, summary: String) throws(PictureError) {
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw .invalidSize(width: width, height: height, allowed: Self.sides)
    }
    self.width = width
    self.height = height
    self.title = title
    self.summary = summary
  }

  /// Adds an element over all others. Text without visible characters and lines of no points are left out.
  public mutating func add(_ element: Element) {
    switch element {
    case .text(let text) where text.text.isEmpty: return
    case .line(let points, _) where points.count < 2: return
    case .rectangle, .image, .line, .disc, .text: elements.append(element)
    }
  }

  mutating func add(text: PlacedText) {
    add(.text(text))
  }

  /// The frame of a plot: a thin line around it.
  mutating func addFrame(_ box: Box) {
    let corners = [
      Point(x: box.x, y: box.y), Point(x: box.right, y: box.y), Point(x: box.right, y: box.bottom),
      Point(x: box.x, y: box.bottom), Point(x: box.x, y: box.y),
    ]
    for (from, to) in zip(corners, corners.dropFirst()) {
      add(.line([from, to], Stroke(.frame)))
    }
  }
}
