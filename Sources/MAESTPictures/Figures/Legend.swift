/// The names of curves with samples of their lines, in as many rows as needed.
struct Legend {
  private struct Entry {
    let name: PlacedText
    let style: CurveStyle
  }

  private let rows: [[Entry]]

  private static let rowHeight = 18.0
  private static let sampleWidth = 26.0
  private static let sampleGap = 6.0
  private static let entryGap = 20.0

  /// - Parameters:
  ///   - names: names in the order of the curves; a single curve with an empty name needs no legend.
  ///   - width: available width of a row.
  init(names: [String], width: Double) {
    guard names.contains(where: { !TextFitting.line($0).isEmpty }) else {
      rows = []
      return
    }
    var rows: [[Entry]] = []
    var left = 0.0
    for (index, name) in names.enumerated() {
      let text = PlacedText(name, at: Point(x: 0, y: 0), size: FigureStyle.tickSize)
        .shortened(to: min(300, width - Self.sampleWidth - Self.sampleGap))
      let entry = Entry(name: text, style: CurveStyle(index: index))
      let needed = Self.sampleWidth + Self.sampleGap + text.length
      if needed > left {
        rows.append([])
        left = width
      }
      rows[rows.count - 1].append(entry)
      left -= needed + Self.entryGap
    }
    self.rows = rows
  }

  /// The height needed, including the gap below.
  var height: Double { rows.isEmpty ? 0 : Double(rows.count) * Self.rowHeight + 8 }

  func draw(in picture: inout Picture, x: Double, y: Double) {
    for (index, row) in rows.enumerated() {
      var place = x
      let baseline = y + Double(index) * Self.rowHeight + 12
      for entry in row {
        let level = baseline - FigureStyle.tickSize * StrokeFont.capitalHeight / 2
        picture.add(
          .line(
            [Point(x: place, y: level), Point(x: place + Self.sampleWidth, y: level)],
            entry.style.stroke))
        var name = entry.name
        name.position = Point(x: place + Self.sampleWidth + Self.sampleGap, y: baseline)
        picture.add(text: name)
        place = name.position.x + name.length + Self.entryGap
      }
    }
  }
}

extension CurveStyle {
  var stroke: Picture.Stroke { Picture.Stroke(.color(color), width: 2, dashes: dashes) }
}
