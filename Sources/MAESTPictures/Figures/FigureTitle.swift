/// The title of a figure, on at most two lines.
struct FigureTitle {
  private let lines: [String]
  private let full: String

  init(_ title: String, width: Int) {
    full = TextFitting.line(title)
    lines = TextFitting.lines(
      full, width: Double(width) - 2 * FigureStyle.margin, size: FigureStyle.titleSize, isBold: true,
      atMost: 2)
  }

  /// The height from the picture's upper edge, including the gap below.
  var height: Double {
    FigureStyle.margin + (lines.isEmpty ? 0 : Double(lines.count) * FigureStyle.titleLineHeight + 10)
  }

  func draw(in picture: inout Picture) {
    for (index, line) in lines.enumerated() {
      let y = FigureStyle.margin + Double(index) * FigureStyle.titleLineHeight + FigureStyle.titleSize
      var text = PlacedText(
        line, at: Point(x: FigureStyle.margin, y: y), size: FigureStyle.titleSize, isBold: true)
      if line.hasSuffix("…"), line != full { text.fullText = full }
      picture.add(text: text)
    }
  }
}
