import MAESTPictures
import MAESTTestSupport
import Testing

/// What the bar of a heat map says of the colours.
@Suite struct ColorBarTests {
  /// A row of values from 0 to 1, and one that is higher and one that is lower.
  private func heatMap(
    highest: Float = 1, lowest: Float = 0, extent: Extent?, backdrop: Backdrop? = nil
  ) throws -> HeatMap {
    let values = (0...10).map { Float($0) / 10 } + [highest, lowest]
    return HeatMap(
      title: "", values: try Grid(rows: 1, columns: values.count, values: values), extent: extent,
      valueLabel: "value", backdrop: backdrop)
  }

  private func texts(_ figure: some Figure) throws -> [String] { try figure.picture().textBoxes.map(\.text) }

  @Test func anEndThatValuesLieBeyondSaysSo() throws {
    let above = try texts(heatMap(highest: 57.31, extent: Extent(0, 14.83)))
    #expect(above.contains("≥ 14.8") && above.contains("max 57.3"))
    #expect(!above.contains { $0.hasPrefix("≤") || $0.hasPrefix("min") })
    let both = try texts(heatMap(highest: 2e9, lowest: -0.0313, extent: Extent(0, 1)))
    for text in ["≥ 1.00", "max 2×10⁹", "≤ 0", "min −0.0313"] { #expect(both.contains(text), "\(both)") }
    let panels = try [1, 9].map {
      SmallMultiples.Panel(title: "", values: try heatMap(highest: $0, extent: nil).values)
    }
    let multiples = try texts(SmallMultiples(title: "", panels: panels, extent: Extent(0, 5)))
    #expect(multiples.contains("≥ 5.00") && multiples.contains("max 9.00"))
  }

  @Test func aScaleOfAllValuesSaysNothing() throws {
    for extent in [nil, Extent(0, 1), Extent(-1, 2)] {
      // Not even where rounding puts a value a hair beyond, or where it is infinite.
      for highest in [1, 1.0000001, Float.infinity] {
        let found = try texts(heatMap(highest: highest, extent: extent))
        #expect(!found.contains { $0.contains("≥") || $0.contains("≤") || $0.contains("max") }, "\(found)")
      }
    }
  }

  /// Every colour that is drawn is on the bar, at the height of its value.
  @Test func theBarHasTheColoursOverABackdrop() throws {
    let ground = try Grid(rows: 1, columns: 13, values: (0..<13).map { Float(($0 * 5) % 13) })
    let picture = try heatMap(extent: Extent(0, 1), backdrop: Backdrop(values: ground)).picture()
    let images = picture.elements.compactMap { element in
      if case .image(let image, _) = element { image } else { nil }
    }
    try #require(images.count == 2)
    let (cells, bar) = (images[0], images[1])
    #expect(bar.width > 1, "the ground goes across")
    for column in 0..<11 {
      let row = Int((Double(bar.height - 1) * (1 - Double(column) / 10)).rounded())
      let nearest = (0..<bar.width).map { distance(cells[0, column], bar[row, $0]) }.min() ?? .max
      #expect(nearest <= 16, "the colour of \(Double(column) / 10) is \(nearest) from the bar's")
    }
    #expect(picture.textBoxes.map(\.text).contains("ground →"))
  }

  private func distance(_ one: Color, _ other: Color) -> Int {
    [(one.red, other.red), (one.green, other.green), (one.blue, other.blue)]
      .map { abs(Int($0.0) - Int($0.1)) }.max() ?? 0
  }

  @Test func aChartOfNothingSaysSo() throws {
    let logarithmic = Axis.automatic(scale: .logarithmic)
    for (y, axis, note) in [
      ([0, -1, .nan], logarithmic, "no value above zero"), ([.nan, .infinity], .automatic(), "no value"),
    ] as [([Float], Axis, String)] {
      let curves = [Curve("a", y: y), Curve("b", y: y)]
      #expect(try texts(LineChart(title: "", curves: curves, yAxis: axis)).contains(note))
    }
    let drawn = LineChart(title: "", curves: [Curve("a", y: [0, 1])], yAxis: logarithmic)
    #expect(try !texts(drawn).contains { $0.hasPrefix("no value") })
  }

  /// Dashes too short to be seen do not take forever.
  @Test func dashesWithoutNumber() {
    let line = [Point(x: 0, y: 0), Point(x: 1000, y: 0)]
    for lengths in [[1e-300], [0, 1e-12], [.nan], [-1, 2], [0, 0]] {
      #expect(DashedLine(lengths: lengths).dashes(along: line) == [line])
    }
    #expect(DashedLine(lengths: [600, 100]).dashes(along: line).count == 2)
  }
}
