extension Picture {
  /// The context in which an SVG is shown.
  public enum Setting: Sendable {
    /// A stand-alone file, on white.
    case file
    /// In an HTML page whose style sheet defines the classes of the inks, as ``HTMLPage`` does.
    case page
  }

  /// Returns the picture as SVG: text stays text, images are embedded.
  ///
  /// It contains no `id`s, so any number of pictures can be used in one page.
  ///
  /// - Throws: ``PictureError`` if libpng cannot write an image.
  public func svg(for setting: Setting = .file) throws(PictureError) -> String {
    let name = Markup.escaped([title, summary].filter { !$0.isEmpty }.joined(separator: ". "))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" width=\"\(width)\" height=\"\(height)\""
        + " viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(name)\""
        + " font-family=\"Helvetica, Arial, &quot;Liberation Sans&quot;, sans-serif\">"
    ]
    if setting == .file {
      lines.append("<title>\(Markup.escaped(title))</title>")
    }
    lines.append(Self.svg(Box(x: 0, y: 0, width: Double(width), height: Double(height)), .paper))
    for element in elements {
      lines.append(try Self.svg(element))
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func svg(_ element: Element) throws(PictureError) -> String {
    switch element {
    case .rectangle(let box, let ink): svg(box, ink)
    case .image(let image, let box):
      "<image \(attributes(box)) preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
        + " href=\"\(Markup.dataAddress(png: try image.encoded()))\"/>"
    case .line(let points, let stroke): svg(points, stroke)
    case .disc(let center, let radius, let ink):
      "<circle cx=\"\(Markup.number(center.x))\" cy=\"\(Markup.number(center.y))\""
        + " r=\"\(Markup.number(radius))\"\(paint("fill", ink))/>"
    case .text(let text): svg(text)
    }
  }

  private static func svg(_ box: Box, _ ink: Ink) -> String {
    "<rect \(attributes(box)) shape-rendering=\"crispEdges\"\(paint("fill", ink))/>"
  }

  private static func svg(_ points: [Point], _ stroke: Stroke) -> String {
    let path = points.map { "\(Markup.number($0.x)) \(Markup.number($0.y))" }.joined(separator: "L")
    var attributes = " fill=\"none\"" + paint("stroke", stroke.ink)
    attributes += " stroke-width=\"\(Markup.number(stroke.width))\""
    if stroke.isUprightOrLevel(points) {
      attributes += " shape-rendering=\"crispEdges\""
    } else {
      attributes += " stroke-linecap=\"round\" stroke-linejoin=\"round\""
    }
    if !stroke.dashes.isEmpty {
      attributes += " stroke-dasharray=\"\(stroke.dashes.map(Markup.number).joined(separator: " "))\""
    }
    return "<path d=\"M\(path)\"\(attributes)/>"
  }

  private static func svg(_ text: PlacedText) -> String {
    let (x, y) = (Markup.number(text.position.x), Markup.number(text.position.y))
    var attributes = " x=\"\(x)\" y=\"\(y)\" font-size=\"\(Markup.number(text.size))\""
    switch text.anchor {
    case .start: break
    case .middle: attributes += " text-anchor=\"middle\""
    case .end: attributes += " text-anchor=\"end\""
    }
    if text.isBold { attributes += " font-weight=\"bold\"" }
    if text.isUpright { attributes += " transform=\"rotate(-90 \(x) \(y))\"" }
    // Whatever font the reader's machine has, the text keeps the measured width.
    attributes += " textLength=\"\(Markup.number(text.length))\" lengthAdjust=\"spacingAndGlyphs\""
    let tip = text.fullText.map { "<title>\(Markup.escaped($0))</title>" } ?? ""
    return "<text\(attributes)\(paint("fill", text.ink))>\(tip)\(Markup.escaped(text.text))</text>"
  }

  private static func attributes(_ box: Box) -> String {
    "x=\"\(Markup.number(box.x))\" y=\"\(Markup.number(box.y))\""
      + " width=\"\(Markup.number(box.width))\" height=\"\(Markup.number(box.height))\""
  }

  private static func paint(_ attribute: String, _ ink: Ink) -> String {
    let styleClass = ink.styleClass.map { " class=\"\(attribute)-\($0)\"" } ?? ""
    return "\(styleClass) \(attribute)=\"\(ink.printed)\""
  }
}

extension Picture.Stroke {
  /// Returns whether a line is horizontal or vertical, and so should be drawn without antialiasing.
  func isUprightOrLevel(_ points: [Point]) -> Bool {
    dashes.isEmpty && points.count == 2 && (points[0].x == points[1].x || points[0].y == points[1].y)
  }
}
