/// A grid of values as colours, with axes and a colour bar.
public struct HeatMap: Figure, Equatable {
  /// The side on which the grid's first row is drawn.
  public enum RowOrder: Sendable, Hashable {
    case firstAtTop, firstAtBottom
  }

  public var title: String
  /// `[row, column]`: rows along the y axis, columns along the x axis.
  public var values: Grid
  public var xAxis: Axis
  public var yAxis: Axis
  public var rowOrder: RowOrder
  public var colors: ColorMap
  /// The range of the colour scale; nil: from the minimum to the maximum, symmetric around zero for a diverging map.
  public var extent: Extent?
  /// The quantity shown, with its unit.
  public var valueLabel: String
  public var backdrop: Backdrop?
  /// Width of the whole picture in points: 400 to 4000.
  public var width: Int
  /// Height of the plot alone in points: 40 to 4000; nil: 18 per row if rows have names, otherwise 300.
  public var plotHeight: Int?
  /// Text description of the content, for accessibility.
  public var summary: String

  /// Creates a heat map. If `rowOrder` is nil, the first row is at the top if rows have names, and at the bottom if
  /// they are measured. The other parameters are the properties of the same names.
  public init(
    title: String, values: Grid, xAxis: Axis = .automatic(), yAxis: Axis = .automatic(),
    rowOrder: RowOrder? = nil, colors: ColorMap = .viridis, extent: Extent? = nil, valueLabel: String = "",
    backdrop: Backdrop? = nil, width: Int = 960, plotHeight: Int? = nil, summary: String = ""
  ) {
    self.title = title
    self.values = values
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.rowOrder = rowOrder ?? (yAxis.hasNames ? .firstAtTop : .firstAtBottom)
    self.colors = colors
    self.extent = extent
    self.valueLabel = valueLabel
    self.backdrop = backdrop
    self.width = width
    self.plotHeight = plotHeight
    self.summary = summary
  }

  public func picture() throws(PictureError) -> Picture {
    let height = plotHeight ?? defaultPlotHeight
    try FigureStyle.validate(width: width, plotHeight: height)
    let layout = try layout(height: Double(height))
    let plot = layout.plot
    var picture = try Picture(
      width: width, height: Int((plot.bottom + layout.below.height + FigureStyle.margin).rounded(.up)),
      title: title, summary: summary)
    layout.title.draw(in: &picture)
    let cells = try HeatImage(
      colors: colors, extent: layout.extent, startsAtTop: rowOrder == .firstAtTop, backdrop: backdrop)
    picture.add(.image(try cells.image(of: values, in: plot), plot))
    picture.addFrame(plot)
    layout.left.draw(in: &picture, leftOf: plot)
    let right = layout.bar.hasTextBelow ? plot.right + Self.barGap - 4 : Double(width) - FigureStyle.margin
    layout.below.draw(in: &picture, below: plot, room: FigureStyle.margin...right)
    try layout.bar.draw(in: &picture, x: plot.right + Self.barGap, y: plot.y)
    return picture
  }

  static let barGap = 18.0

  private var defaultPlotHeight: Int {
    guard yAxis.hasNames else { return 300 }
    return min(max(values.rows * (values.rows > 40 ? 14 : 18), 90), 1120)
  }

  private struct Layout {
    let title: FigureTitle
    let extent: Extent
    let left: UpwardAxis
    let below: AcrossAxis
    let bar: ColorBar
    let plot: Box
  }

  private func layout(height: Double) throws(PictureError) -> Layout {
    let extent = try HeatImage.extent(of: [values], given: extent, colors: colors, name: valueLabel)
    let left = UpwardAxis(
      axis: try PlotAxis(yAxis, cellCount: values.rows, name: "rows"), startsAtTop: rowOrder == .firstAtTop,
      height: height, widest: FigureStyle.widestSideLabel(width: width))
    let below = AcrossAxis(axis: try PlotAxis(xAxis, cellCount: values.columns, name: "columns"))
    let bar = try ColorBar(
      colors: colors, extent: extent, beyond: ScaleOverflow(of: [values], beyond: extent), backdrop: backdrop,
      label: valueLabel, room: height)
    let title = FigureTitle(title, width: width)
    let x = FigureStyle.margin + left.width
    let plot = Box(
      x: x, y: title.height,
      width: (Double(width) - FigureStyle.margin - bar.width - Self.barGap - x).rounded(.down), height: height
    )
    return Layout(title: title, extent: extent, left: left, below: below, bar: bar, plot: plot)
  }
}

extension Axis {
  var hasNames: Bool {
    if case .names = course { true } else { false }
  }
}
