/// A drawing: rectangles, images, lines, discs and text; later elements cover earlier ones.
///
/// It is described once, in points (CSS pixels), and written as SVG or as PNG; the same description gives the same
/// bytes.
public struct Picture: Sendable, Equatable {
  /// An element of a picture.
  public enum Element: Sendable, Equatable {
    /// A filled rectangle.
    case rectangle(Box, Ink)
    /// An image stretched over a box, without smoothing: its pixels are visible as small rectangles.
    case image(PNGImage, Box)
    /// A line through points.
    case line([Point], Stroke)
    /// A filled circle.
    case disc(center: Point, radius: Double, Ink)
    /// Text on one line.
    case text(PlacedText)
  }

  /// The style of a line, with round caps and joins.
  public struct Stroke: Sendable, Equatable {
    public var ink: Ink
    /// Width in points.
    public var width: Double
    /// Alternating lengths of dashes and gaps, in points; empty for a solid line.
    public var dashes: [Double]

    public init(_ ink: Ink, width: Double = 1, dashes: [Double] = []) {
      self.ink = ink
      self.width = width
      self.dashes = dashes
    }
  }

  /// Width in points.
  public let width: Int
  /// Height in points.
  public let height: Int
  /// The title of the picture.
  public var title: String
  /// Text description of the content, for accessibility.
  public var summary: String
  public private(set) var elements: [Element] = []

  static let sides = 1...8192

  /// Creates an empty picture.
  ///
  /// - Throws: ``PictureError`` if a dimension is not positive or exceeds 8192 points.
  public init(width: Int, height: Int, title: String, summary: String) throws(PictureError) {
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw .invalidSize(width: width, height: height, allowed: Self.sides)
    }
    self.width = width
    self.height = height
    self.title = title
    self.summary = summary
  }

  /// Adds an element on top of all others. Text without visible characters and lines without points are ignored.
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

  /// Adds the frame of a plot: a thin line around it.
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
