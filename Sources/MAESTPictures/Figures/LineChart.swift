/// Curves over a common x axis, distinguished by colour and dash pattern, with a legend above.
public struct LineChart: Figure, Equatable {
  public var title: String
  public var curves: [Curve]
  public var xAxis: Axis
  public var yAxis: Axis
  /// Whether each point is marked, for curves with few points.
  public var marksPoints: Bool
  /// Width of the whole picture in points: 400 to 4000.
  public var width: Int
  /// Height of the plot alone in points: 40 to 4000.
  public var plotHeight: Int
  /// Text description of the content, for accessibility.
  public var summary: String

  public init(
    title: String, curves: [Curve], xAxis: Axis = .automatic(), yAxis: Axis = .automatic(),
    marksPoints: Bool = false, width: Int = 960, plotHeight: Int = 300, summary: String = ""
  ) {
    self.title = title
    self.curves = curves
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.marksPoints = marksPoints
    self.width = width
    self.plotHeight = plotHeight
    self.summary = summary
  }

  public func picture() throws(PictureError) -> Picture {
    guard !curves.isEmpty else { throw .nothingToDraw(figure: title) }
    try FigureStyle.validate(width: width, plotHeight: plotHeight)
    var ends = Self.extent(xAxis, curves.map(\.x))
    // Marks at the ends stay inside the frame.
    if marksPoints, xAxis.scale == .linear { ends = ends.padded(by: 0.02) }
    let across = try PlotAxis(xAxis, automatic: ends, name: "x")
    let up = try PlotAxis(
      yAxis, automatic: Self.padded(Self.extent(yAxis, curves.map(\.y)), yAxis.scale), name: "y")
    let heading = FigureTitle(title, width: width)
    let left = UpwardAxis(
      axis: up, height: Double(plotHeight), widest: FigureStyle.widestSideLabel(width: width))
    let below = AcrossAxis(axis: across)
    let x = FigureStyle.margin + left.width
    // A label at the right end extends half its width beyond the plot.
    let plotWidth = Double(width) - FigureStyle.margin - 12 - x
    let legend = Legend(names: curves.map(\.name), width: plotWidth)
    let plot = Box(
      x: x, y: heading.height + legend.height, width: plotWidth, height: Double(plotHeight))
    var picture = try Picture(
      width: width, height: Int((plot.bottom + below.height + FigureStyle.margin).rounded(.up)),
      title: title, summary: summary)
    heading.draw(in: &picture)
    legend.draw(in: &picture, x: plot.x, y: heading.height - 4)
    drawRules(in: &picture, plot: plot, left: left, below: below)
    picture.addFrame(plot)
    drawCurves(in: &picture, CurvePath(plot: plot, xAxis: across, yAxis: up))
    drawNote(in: &picture, plot: plot)
    left.draw(in: &picture, leftOf: plot)
    below.draw(in: &picture, below: plot, room: FigureStyle.margin...Double(width) - FigureStyle.margin)
    return picture
  }

  private func drawRules(in picture: inout Picture, plot: Box, left: UpwardAxis, below: AcrossAxis) {
    for tick in left.ticks {
      let y = left.y(tick.offset, in: plot)
      picture.add(.line([Point(x: plot.x, y: y), Point(x: plot.right, y: y)], Picture.Stroke(.rule)))
    }
    for tick in below.ticks(width: plot.width) {
      let x = plot.x + tick.offset
      picture.add(.line([Point(x: x, y: plot.y), Point(x: x, y: plot.bottom)], Picture.Stroke(.rule)))
    }
  }

  private func drawCurves(in picture: inout Picture, _ path: CurvePath) {
    for (index, curve) in curves.enumerated() {
      let style = CurveStyle(index: index)
      for line in path.lines(curve) {
        picture.add(.line(line, style.stroke))
      }
      guard marksPoints else { continue }
      for point in path.markers(curve) {
        picture.add(.disc(center: point, radius: 3.5, .color(style.color)))
      }
    }
  }

  /// Draws a note if there is no number that can be drawn.
  private func drawNote(in picture: inout Picture, plot: Box) {
    let isLogarithmic = yAxis.scale == .logarithmic
    let isEmpty = !curves.contains { $0.y.contains { $0.isFinite && (!isLogarithmic || $0 > 0) } }
    guard isEmpty else { return }
    picture.add(
      text: PlacedText(
        isLogarithmic ? "no value above zero" : "no value",
        at: Point(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2), size: FigureStyle.labelSize,
        anchor: .middle, ink: .quietText
      ).shortened(to: plot.width))
  }

  /// Returns the range of the numbers that the axis can show.
  private static func extent(_ axis: Axis, _ values: [[Double]]) -> Extent {
    let isLogarithmic = axis.scale == .logarithmic
    let shown = values.lazy.joined().filter { !isLogarithmic || $0 > 0 }
    guard let found = Extent(of: shown) else { return isLogarithmic ? Extent(0.1, 10) : Extent(0, 1) }
    guard isLogarithmic else { return found.widened }
    return found.upper > found.lower * 1.001 ? found : Extent(found.lower / 3, found.upper * 3)
  }

  /// Returns the range with a margin above and below the curves.
  private static func padded(_ extent: Extent, _ scale: Axis.Scale) -> Extent {
    switch scale {
    case .linear:
      let padded = extent.padded(by: 0.05)
      // If the values start at zero, so does the axis.
      return Extent(extent.lower == 0 ? 0 : padded.lower, padded.upper)
    case .logarithmic: return Extent(extent.lower / 1.5, extent.upper * 1.5)
    }
  }
}
