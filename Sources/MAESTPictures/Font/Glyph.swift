/// A drawn character: its advance and its pen strokes, in eighteenths of the font size, y upwards.
package struct Glyph: Equatable {
  package var advance: Double
  package var strokes: [[Point]]

  /// Parses a line of ``GlyphDrawings`` without the character; nil if it is invalid.
  package init?(drawing: Substring) {
    let words = drawing.split(separator: " ")
    guard let advance = words.first.flatMap({ Double($0) }) else { return nil }
    self.advance = advance
    strokes = []
    var numbers: [Double] = []
    var command: Character = "m"
    for word in words.dropFirst() {
      var digits = word
      if let letter = word.first, letter.isLetter {
        guard finish(command, numbers) else { return nil }
        command = letter
        numbers = []
        digits = word.dropFirst()
      }
      guard let number = Double(digits.hasPrefix("-.") ? "-0" + digits.dropFirst() : digits) else {
        return nil
      }
      numbers.append(number)
    }
    guard finish(command, numbers) else { return nil }
  }

  init(advance: Double, strokes: [[Point]]) {
    self.advance = advance
    self.strokes = strokes
  }

  /// Returns a hollow box for a character that has no drawing.
  package static func box(advance: Double) -> Glyph {
    let (left, right) = (1.4, advance - 1.4)
    let corners = [(left, 0.0), (left, 11), (right, 11), (right, 0), (left, 0)]
    return Glyph(advance: advance, strokes: [corners.map { Point(x: $0.0, y: $0.1) }])
  }

  /// Returns the strokes, scaled and moved.
  func strokes(scaledBy scale: Double, x: Double, y: Double) -> [[Point]] {
    strokes.map { $0.map { Point(x: $0.x * scale + x, y: $0.y * scale + y) } }
  }

  private mutating func finish(_ command: Character, _ numbers: [Double]) -> Bool {
    let points = stride(from: 0, to: numbers.count - 1, by: 2).map {
      Point(x: numbers[$0], y: numbers[$0 + 1])
    }
    switch (command, numbers.count) {
    case (_, 0) where strokes.isEmpty: return true
    case ("m", 2): strokes.append(points)
    case ("l", 2): extend(points)
    case ("h", 2): extendOval(to: points[0], startsLevel: true)
    case ("v", 2): extendOval(to: points[0], startsLevel: false)
    case ("c", 6): extendCurve(points[0], points[1], to: points[2])
    default: return false
    }
    return true
  }

  private mutating func extend(_ points: [Point]) {
    guard !strokes.isEmpty else { return }
    strokes[strokes.count - 1] += points
  }

  private mutating func extendOval(to end: Point, startsLevel: Bool) {
    guard let start = strokes.last?.last else { return }
    // Distance of the control points towards the oval's corner; 0.5523 would give a true ellipse.
    let reach = 0.58
    let corner = startsLevel ? Point(x: end.x, y: start.y) : Point(x: start.x, y: end.y)
    func toCorner(_ point: Point) -> Point {
      Point(x: point.x + (corner.x - point.x) * reach, y: point.y + (corner.y - point.y) * reach)
    }
    extendCurve(toCorner(start), toCorner(end), to: end)
  }

  private mutating func extendCurve(_ first: Point, _ second: Point, to end: Point) {
    guard let start = strokes.last?.last else { return }
    let pieceCount = 8
    extend(
      (1...pieceCount).map { piece in
        let t = Double(piece) / Double(pieceCount)
        let (a, b, c, d) = (
          (1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t
        )
        return Point(
          x: a * start.x + b * first.x + c * second.x + d * end.x,
          y: a * start.y + b * first.y + c * second.y + d * end.y)
      })
  }
}
