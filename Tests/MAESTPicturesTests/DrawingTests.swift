import MAESTPictures
import MAESTTestSupport
import Testing

@Suite struct DrawingTests {
  private func lines(_ chart: LineChart) throws -> [[Point]] {
    try chart.picture().elements.compactMap { element in
      guard case .line(let points, let stroke) = element, case .color = stroke.ink else { return nil }
      return points
    }
  }

  @Test func curvesHaveGaps() throws {
    let curve = Curve("", y: [1, 2, .nan, 3, 4, 5, .infinity, .nan, 6])
    let lines = try lines(LineChart(title: "", curves: [curve]))
    #expect(lines.map(\.count) == [2, 3, 2])
    #expect(lines[2][0] == lines[2][1])
  }

  @Test func aLogarithmicAxisLeavesOutWhatIsNotAboveZero() throws {
    let curve = Curve("", y: [1, 10, 0, -3, 100, 1000])
    let lines = try lines(
      LineChart(
        title: "", curves: [curve], yAxis: .range(from: 1, to: 1000, scale: .logarithmic), plotHeight: 300))
    #expect(lines.map(\.count) == [2, 2])
    #expect(abs(lines[0][0].y - lines[0][1].y - 100) < 1e-9)
    #expect(abs(lines[0][0].y - lines[1][1].y - 300) < 1e-9)
  }

  @Test func curvesStayInTheirPlots() throws {
    let curve = try Curve("", x: [-5, 0.5, 5, 0.5, 0.5], y: [0.5, 0.5, 0.5, 9, -9])
    let chart = LineChart(
      title: "", curves: [curve], xAxis: .range(from: 0, to: 1), yAxis: .range(from: 0, to: 1),
      marksPoints: true)
    let points = try lines(chart).joined()
    let (left, right) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 0)
    let (top, bottom) = (points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 0)
    #expect(bottom - top == 300)
    // From the axis's labels to the margin and the room for half a label.
    #expect(right == 960 - 14 - 12 && left > 20 && left < 60)
    let discs = try chart.picture().elements.count { if case .disc = $0 { true } else { false } }
    #expect(discs == 1)
  }

  @Test func longCurvesKeepTheirPeaks() throws {
    var y = [Float](repeating: 0, count: 100_000)
    y[54_321] = 1
    y[77_777] = -1
    let lines = try lines(LineChart(title: "", curves: [Curve("", y: y)], yAxis: .range(from: -1, to: 1)))
    #expect(lines.count == 1)
    #expect(lines[0].count < 4000 && lines[0].count > 900)
    let heights = lines[0].map(\.y)
    #expect((heights.max() ?? 0) - (heights.min() ?? 0) == 300)
  }

  @Test func dashes() {
    let line = [Point(x: 0, y: 0), Point(x: 10, y: 0), Point(x: 10, y: 4)]
    let dashes = DashedLine(lengths: [4, 2]).dashes(along: line)
    #expect(
      dashes == [
        [Point(x: 0, y: 0), Point(x: 4, y: 0)],
        [Point(x: 6, y: 0), Point(x: 10, y: 0)],
        [Point(x: 10, y: 2), Point(x: 10, y: 4)],
      ])
    #expect(DashedLine(lengths: []).dashes(along: line) == [line])
    #expect(DashedLine(lengths: [0, 0]).dashes(along: line) == [line])
    #expect(DashedLine(lengths: [3]).dashes(along: line).count == 3)
  }

  @Test func rectanglesAndLinesCoverWholePixels() throws {
    var picture = try Picture(width: 4, height: 4, title: "", summary: "")
    picture.add(.rectangle(Box(x: 1, y: 1, width: 2, height: 1), .color(Color(0xFF0000))))
    picture.add(
      .line([Point(x: 0, y: 3), Point(x: 4, y: 3)], Picture.Stroke(.color(Color(0x0000FF)))))
    let image = try picture.image(scale: 2)
    for row in 0..<8 {
      for column in 0..<8 {
        let isRed = (2..<4).contains(row) && (2..<6).contains(column)
        let isBlue = (5..<7).contains(row)
        #expect(image[row, column] == Color(isRed ? 0xFF0000 : isBlue ? 0x0000FF : 0xFFFFFF))
      }
    }
  }

  @Test func aDiscCoversItsArea() throws {
    var picture = try Picture(width: 40, height: 40, title: "", summary: "")
    picture.add(.disc(center: Point(x: 20, y: 20), radius: 10, .color(Color(0x000000))))
    let image = try picture.image(scale: 1)
    let ink = image.bytes.reduce(0.0) { $0 + (255 - Double($1)) / 255 } / 3
    #expect(abs(ink - 10 * 10 * Double.pi) < 3)
    #expect(image[20, 20] == Color(0) && image[5, 5] == Color(0xFFFFFF))
  }

  @Test func textIsDrawnWithinItsBox() throws {
    for isUpright in [false, true] {
      var picture = try Picture(width: 200, height: 200, title: "", summary: "")
      let text = PlacedText(
        "Ágj|Ü@ç", at: Point(x: 100, y: 100), size: 20, anchor: .middle, isBold: true, isUpright: isUpright)
      picture.add(.text(text))
      let image = try picture.image(scale: 1)
      var ink = 0
      for row in 0..<200 {
        for column in 0..<200 where image[row, column] != Color(0xFFFFFF) {
          ink += 1
          let pixel = Box(x: Double(column) + 0.5, y: Double(row) + 0.5, width: 0, height: 0)
          let room = Box(
            x: text.box.x - 1, y: text.box.y - 1, width: text.box.width + 2, height: text.box.height + 2)
          #expect(room.contains(pixel), "ink at \(column), \(row) outside \(text.box)")
        }
      }
      #expect(ink > 400)
    }
  }

  @Test func whatLiesOutsideIsLeftOut() throws {
    var picture = try Picture(width: 10, height: 10, title: "", summary: "")
    picture.add(.disc(center: Point(x: -50, y: 1e9), radius: 3, .text))
    picture.add(.rectangle(Box(x: -5, y: -5, width: 100, height: 100), .color(Color(0x123456))))
    picture.add(
      .line([Point(x: -1e6, y: 5), Point(x: 1e6, y: 7)], Picture.Stroke(.color(Color(0x123456)), width: 3)))
    picture.add(.disc(center: Point(x: .nan, y: 1e300), radius: .infinity, .color(Color(0x123456))))
    picture.add(.rectangle(Box(x: -1e300, y: .nan, width: 1e301, height: 3), .color(Color(0x123456))))
    #expect(try picture.image(scale: 1).bytes.count == 300)
    #expect(try Set(picture.image(scale: 1).bytes) == [0x12, 0x34, 0x56])
  }

  @Test func backdropsShowWhereValuesAreLow() throws {
    let values = try Grid(rows: 1, columns: 3, values: [0, 1, .nan])
    let backdrop = Backdrop(values: try Grid(rows: 2, columns: 1, values: [0, 1]), cover: 0.5)
    let picture = try HeatMap(
      title: "", values: values, rowOrder: .firstAtTop, colors: .magma, backdrop: backdrop
    )
    .picture()
    guard
      case .image(let image, _)? = picture.elements.first(where: {
        if case .image = $0 { true } else { false }
      })
    else {
      Issue.record("no image")
      return
    }
    #expect(image.width == 3 && image.height == 2)
    let (dark, light) = (ColorMap.grays.color(at: 0), ColorMap.grays.color(at: 1))
    #expect(image[0, 0] == dark && image[1, 0] == light)
    #expect(image[0, 2] == dark && image[1, 2] == light)
    let top = ColorMap.magma.color(at: 1)
    #expect(abs(Int(image[1, 1].green) - (Int(top.green) + Int(light.green)) / 2) <= 1)
  }

  @Test func picturesOfOneMapAndItsAxesHaveFewColors() throws {
    for sample in try SampleFigure.all() where !["attention", "activations"].contains(sample.name) {
      // Kind 3 is a palette.
      #expect(try sample.figure.picture().png()[25] == 3, "\(sample.name)")
    }
  }
}
