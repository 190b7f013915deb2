import MAESTPictures
import Testing

@Suite struct FigureErrorTests {
  private let grid: Grid

  init() throws {
    grid = try Grid(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
  }

  private func expect(_ error: PictureError, from figure: some Figure) {
    #expect(throws: error) { try figure.picture() }
  }

  @Test func namesMustFitTheGrid() throws {
    expect(
      .wrongNameCount(axis: "style", expected: 2, found: 3),
      from: HeatMap(title: "", values: grid, yAxis: .names(["a", "b", "c"], label: "style")))
    expect(
      .wrongNameCount(axis: "columns", expected: 3, found: 0),
      from: HeatMap(title: "", values: grid, xAxis: .names([])))
    let other = try Grid(rows: 3, columns: 3, values: [Float](repeating: 0, count: 9))
    expect(
      .wrongNameCount(axis: "second", expected: 3, found: 2),
      from: SmallMultiples(
        title: "", panels: [.init(title: "first", values: grid), .init(title: "second", values: other)],
        yAxis: .names(["a", "b"])))
  }

  @Test(arguments: [
    Extent(0, .nan), Extent(1, 1), Extent(2, 1), Extent(-.infinity, 0), Extent(-1e308, 1.5e308),
  ])
  func endsMustBeFiniteAndInOrder(ends: Extent) {
    func isExpected(_ error: any Error) -> Bool {
      guard case PictureError.invalidExtent(of: "time", _, _)? = error as? PictureError else { return false }
      return true
    }
    #expect(
      performing: {
        try HeatMap(title: "", values: grid, xAxis: .range("time", from: ends.lower, to: ends.upper))
          .picture()
      }, throws: isExpected)
    #expect(
      performing: {
        try HeatMap(title: "", values: grid, extent: ends, valueLabel: "time").picture()
      }, throws: isExpected)
    #expect(
      performing: {
        try LineChart(
          title: "", curves: [Curve("", y: [1])], yAxis: .range("time", from: ends.lower, to: ends.upper)
        )
        .picture()
      }, throws: isExpected)
    #expect(
      performing: {
        try BarChart(title: "", bars: [.init("a", 1)], extent: ends, valueLabel: "time")
          .picture()
      }, throws: isExpected)
  }

  @Test func otherAxes() {
    expect(
      .notPositive(axis: "error", lower: 0),
      from: LineChart(
        title: "", curves: [Curve("", y: [1])],
        yAxis: .range("error", from: 0, to: 1, scale: .logarithmic)))
    expect(
      .invalidTick(axis: "rows", label: "here"),
      from: HeatMap(
        title: "", values: grid, yAxis: .range(from: 0, to: 1, ticks: .at([.init(.nan, "here")]))))
  }

  @Test func figuresOfNothing() {
    expect(.nothingToDraw(figure: "a"), from: LineChart(title: "a", curves: []))
    expect(.nothingToDraw(figure: "b"), from: BarChart(title: "b", bars: []))
    expect(.nothingToDraw(figure: "c"), from: SmallMultiples(title: "c", panels: []))
    #expect(throws: PictureError.wrongPointCount(curve: "d", x: 2, y: 1)) {
      try Curve("d", x: [1, 2], y: [1])
    }
  }

  @Test func sizes() throws {
    expect(
      .invalidSize(width: 399, height: 300, allowed: 400...4000),
      from: HeatMap(title: "", values: grid, width: 399))
    expect(
      .invalidSize(width: 960, height: 39, allowed: 40...4000),
      from: LineChart(title: "", curves: [Curve("", y: [1])], plotHeight: 39))
    expect(
      .invalidSize(width: 960, height: 0, allowed: 40...4000),
      from: SmallMultiples(title: "", panels: [.init(title: "", values: grid)], panelProportion: .nan))
    let picture = try HeatMap(title: "", values: grid).picture()
    #expect(throws: PictureError.invalidScale(5, allowed: 1...4)) { try picture.png(scale: 5) }
    #expect(throws: PictureError.invalidSize(width: 8193, height: 1, allowed: 1...8192)) {
      try Picture(width: 8193, height: 1, title: "", summary: "")
    }
  }

  @Test func errorsSayWhatIsWrong() {
    let errors: [(PictureError, [String])] = [
      (.wrongNameCount(axis: "style", expected: 2, found: 3), ["'style'", "2", "3"]),
      (.invalidExtent(of: "time", lower: .nan, upper: 2), ["'time'", "nan", "2"]),
      (.wrongCellCount(row: 4, expected: 2, found: 3), ["row 4", "2", "3"]),
      (.notDecoded(byteCount: 12, reason: "not a PNG"), ["12 bytes", "not a PNG"]),
    ]
    for (error, words) in errors {
      for word in words {
        #expect(error.description.contains(word))
      }
    }
  }
}
