/// Horizontal bars with names at the left and numbers at the right.
public struct BarChart: Figure, Equatable {
  public struct Bar: Sendable, Equatable {
    public var label: String
    /// If the value is not finite, the bar is empty and a dash replaces the number.
    public var value: Double

    public init(_ label: String, _ value: Double) {
      self.label = label
      self.value = value
    }
  }

  public var title: String
  /// From top to bottom.
  public var bars: [Bar]
  /// The range of the bars; nil: from zero, or from the minimum if it is negative, to the maximum.
  public var extent: Extent?
  /// The quantity shown, with its unit.
  public var valueLabel: String
  /// Decimals of the numbers at the right: 0 to 9.
  public var decimals: Int
  public var color: Color
  /// Width of the whole picture in points: 400 to 4000.
  public var width: Int
  /// Text description of the content, for accessibility.
  public var summary: String

  public init(
    title: String, bars: [Bar], extent: Extent? = nil, valueLabel: String = "", decimals: Int = 3,
    color: Color = Color(0x2F6FA8), width: Int = 960, summary: String = ""
  ) {
    self.title = title
    self.bars = bars
    self.extent = extent
    self.valueLabel = valueLabel
    self.decimals = decimals
    self.color = color
    self.width = width
    self.summary = summary
  }

  private static let labelGap = 10.0

  /// Distance between bars; it is smaller if there are many.
  private var pitch: Double { bars.count > 40 ? 17 : 24 }

  public func picture() throws(PictureError) -> Picture {
    guard !bars.isEmpty else { throw .nothingToDraw(figure: title) }
    let axis = try PlotAxis(
      .range(valueLabel, from: ends.lower, to: ends.upper), automatic: ends, name: "values")
    let heading = FigureTitle(title, width: width)
    let below = AcrossAxis(axis: axis)
    let height = Double(bars.count) * pitch + 6
    try FigureStyle.validate(width: width, plotHeight: max(FigureStyle.plotHeights.lowerBound, Int(height)))
    let plot = plot(y: heading.height, height: height)
    var picture = try Picture(
      width: width, height: Int((plot.bottom + below.height + FigureStyle.margin).rounded(.up)),
      title: title, summary: summary)
    heading.draw(in: &picture)
    for index in bars.indices {
      picture.add(.rectangle(box(index, plot), .track))
    }
    for tick in below.ticks(width: plot.width) {
      let x = plot.x + tick.offset
      picture.add(.line([Point(x: x, y: plot.y), Point(x: x, y: plot.bottom)], Picture.Stroke(.rule)))
    }
    for index in bars.indices {
      draw(index, in: &picture, plot: plot, axis: axis)
    }
    picture.add(
      .line(
        [Point(x: plot.x, y: plot.bottom), Point(x: plot.right, y: plot.bottom)], Picture.Stroke(.frame)))
    below.draw(
      in: &picture, below: plot, room: FigureStyle.margin...Double(width) - FigureStyle.margin)
    return picture
  }

  private var ends: Extent {
    if let extent { return extent }
    let found = Extent(of: bars.map(\.value)) ?? Extent(0, 1)
    let withZero = Extent(min(0, found.lower), max(0, found.upper))
    return withZero.length > 0 ? withZero : Extent(0, 1)
  }

  private func plot(y: Double, height: Double) -> Box {
    let labels = bars.map { labelText($0).length }.max() ?? 0
    let numbers = bars.map { StrokeFont.width(of: number($0), size: FigureStyle.tickSize) }.max() ?? 0
    let x = (FigureStyle.margin + labels + Self.labelGap).rounded(.up)
    let right = (Double(width) - FigureStyle.margin - numbers - Self.labelGap).rounded(.down)
    return Box(x: x, y: y, width: right - x, height: height)
  }

  /// Returns the box of a bar of maximum length.
  private func box(_ index: Int, _ plot: Box) -> Box {
    let thickness = (pitch * 0.66).rounded()
    return Box(
      x: plot.x, y: plot.y + 3 + Double(index) * pitch + ((pitch - thickness) / 2).rounded(),
      width: plot.width, height: thickness)
  }

  private func draw(_ index: Int, in picture: inout Picture, plot: Box, axis: PlotAxis) {
    let bar = bars[index]
    let box = box(index, plot)
    let baseline = box.y + box.height / 2 + FigureStyle.labelSize * StrokeFont.capitalHeight / 2
    if bar.value.isFinite {
      func place(_ value: Double) -> Double {
        plot.x + min(max(axis.position(of: value), 0), 1) * plot.width
      }
      let (start, end) = (place(0), place(bar.value))
      picture.add(
        .rectangle(
          Box(x: min(start, end), y: box.y, width: abs(end - start), height: box.height), .color(color)))
    }
    var label = labelText(bar)
    label.position = Point(x: plot.x - Self.labelGap, y: baseline)
    picture.add(text: label)
    picture.add(
      text: PlacedText(
        number(bar), at: Point(x: Double(width) - FigureStyle.margin, y: baseline),
        size: FigureStyle.tickSize,
        anchor: .end, ink: .quietText))
  }

  private func labelText(_ bar: Bar) -> PlacedText {
    PlacedText(bar.label, at: Point(x: 0, y: 0), size: FigureStyle.labelSize, anchor: .end)
      .shortened(to: FigureStyle.widestSideLabel(width: width))
  }

  private func number(_ bar: Bar) -> String {
    guard bar.value.isFinite else { return "–" }
    return TextFitting.shortened(
      NumberText.fixed(bar.value, decimals: min(max(decimals, 0), 9)), to: Double(width) * 0.2,
      size: FigureStyle.tickSize)
  }
}
