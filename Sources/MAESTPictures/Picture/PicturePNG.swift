extension Picture {
  /// Renders the picture to pixels, on white.
  ///
  /// - Parameters:
  ///   - scale: pixels per point, 1 to 4; 2 is sharp on high-resolution screens and in print.
  /// - Throws: ``PictureError`` for another scale.
  public func image(scale: Int = 2) throws(PictureError) -> PNGImage {
    guard (1...4).contains(scale) else { throw .invalidScale(scale, allowed: 1...4) }
    var painter = PicturePainter(picture: self, scale: scale)
    for element in elements {
      painter.paint(element)
    }
    return try PNGImage(width: width * scale, height: height * scale, bytes: painter.canvas.bytes)
  }

  /// Renders the picture as a PNG file; see ``image(scale:)``.
  ///
  /// - Throws: ``PictureError`` if the scale is invalid or if libpng cannot write the file.
  public func png(scale: Int = 2) throws(PictureError) -> [UInt8] {
    try image(scale: scale).encoded()
  }
}

/// Paints the elements of a picture on pixels.
struct PicturePainter {
  private(set) var canvas: PixelCanvas
  private let scale: Double

  init(picture: Picture, scale: Int) {
    canvas = PixelCanvas(
      width: picture.width * scale, height: picture.height * scale, ground: Ink.paper.printed)
    self.scale = Double(scale)
  }

  mutating func paint(_ element: Picture.Element) {
    switch element {
    case .rectangle(let box, let ink):
      canvas.fill(
        rows: pixels(box.y, box.bottom), columns: pixels(box.x, box.right), color: ink.printed)
    case .image(let image, let box):
      canvas.draw(image, rows: pixels(box.y, box.bottom), columns: pixels(box.x, box.right))
    case .line(let points, let stroke):
      paint(points, stroke)
    case .disc(let center, let radius, let ink):
      paint([[scaled(center)]], radius: radius * scale, ink)
    case .text(let text):
      paint(text)
    }
  }

  private mutating func paint(_ points: [Point], _ stroke: Picture.Stroke) {
    if stroke.isUprightOrLevel(points) {
      paintStraight(points[0], points[1], stroke)
      return
    }
    let lines = DashedLine(lengths: stroke.dashes).dashes(along: points)
    paint(lines.map { $0.map(scaled) }, radius: stroke.width * scale / 2, stroke.ink)
  }

  /// Paints a horizontal or vertical line aligned to whole pixels.
  private mutating func paintStraight(_ start: Point, _ end: Point, _ stroke: Picture.Stroke) {
    let thickness = max(1, (stroke.width * scale).rounded())
    func across(_ middle: Double) -> Range<Int> {
      let first = Int(pixel: middle * scale - thickness / 2)
      return first..<first + Int(pixel: thickness)
    }
    func along(_ from: Double, _ to: Double) -> Range<Int> { pixels(min(from, to), max(from, to)) }
    if start.y == end.y {
      canvas.fill(rows: across(start.y), columns: along(start.x, end.x), color: stroke.ink.printed)
    } else {
      canvas.fill(rows: along(start.y, end.y), columns: across(start.x), color: stroke.ink.printed)
    }
  }

  private mutating func paint(_ text: PlacedText) {
    let unit = text.size / StrokeFont.unitsPerSize
    let pen = text.isBold ? StrokeFont.boldPenWidth : StrokeFont.penWidth
    let stretch = text.isBold ? StrokeFont.boldStretch : 1
    // The lower edge of the pen's line rests on the baseline.
    let rise = StrokeFont.penWidth / 2
    var along = -text.lead
    for character in text.text {
      let glyph = StrokeFont.glyph(character)
      let strokes = glyph.strokes.map { stroke in
        stroke.map { point in
          let (x, y) = (along + point.x * unit * stretch, -(point.y + rise) * unit)
          return scaled(
            text.isUpright
              ? Point(x: text.position.x + y, y: text.position.y - x)
              : Point(x: text.position.x + x, y: text.position.y + y))
        }
      }
      paint(strokes, radius: pen * unit * scale / 2, text.ink)
      along += glyph.advance * unit * stretch
    }
  }

  /// Paints lines given in pixels.
  private mutating func paint(_ lines: [[Point]], radius: Double, _ ink: Ink) {
    var mask = CoverageMask(
      around: Array(lines.joined()), margin: radius + 1, width: canvas.width, height: canvas.height)
    for line in lines {
      if line.count == 1 { mask.cover(from: line[0], to: line[0], radius: radius) }
      for (start, end) in zip(line, line.dropFirst()) {
        mask.cover(from: start, to: end, radius: radius)
      }
    }
    canvas.paint(mask, color: ink.printed)
  }

  private func scaled(_ point: Point) -> Point { Point(x: point.x * scale, y: point.y * scale) }

  private func pixels(_ from: Double, _ to: Double) -> Range<Int> {
    let first = Int(pixel: from * scale)
    return first..<max(first, Int(pixel: to * scale))
  }
}
