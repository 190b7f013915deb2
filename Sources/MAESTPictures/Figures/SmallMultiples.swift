/// Heat maps side by side with a common colour scale and the same axes.
public struct SmallMultiples: Figure, Equatable {
  public struct Panel: Sendable, Equatable {
    public var title: String
    /// `[row, column]`.
    public var values: Grid

    public init(title: String, values: Grid) {
      self.title = title
      self.values = values
    }
  }

  public var title: String
  public var panels: [Panel]
  public var xAxis: Axis
  public var yAxis: Axis
  public var rowOrder: HeatMap.RowOrder
  public var colors: ColorMap
  /// The range of the colour scale; nil: from the minimum to the maximum of all panels.
  public var extent: Extent?
  /// The quantity shown, with its unit.
  public var valueLabel: String
  /// The backdrop of every panel.
  public var backdrop: Backdrop?
  /// Number of panels side by side; nil: 4, or fewer if there are fewer panels.
  public var panelsAcross: Int?
  /// Ratio of a panel's height to its width.
  public var panelProportion: Double
  /// Width of the whole picture in points: 400 to 4000.
  public var width: Int
  /// Text description of the content, for accessibility.
  public var summary: String

  /// Creates heat maps side by side. If `rowOrder` is nil, the first row is at the top if rows have names, and at the
  /// bottom if they are measured. The other parameters are the properties of the same names.
  public init(
    title: String, panels: [Panel], xAxis: Axis = .automatic(), yAxis: Axis = .automatic(),
    rowOrder: HeatMap.RowOrder? = nil, colors: ColorMap = .viridis, extent: Extent? = nil,
    valueLabel: String = "", backdrop: Backdrop? = nil, panelsAcross: Int? = nil,
    panelProportion: Double = 0.62, width: Int = 960, summary: String = ""
  ) {
    self.title = title
    self.panels = panels
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.rowOrder = rowOrder ?? (yAxis.hasNames ? .firstAtTop : .firstAtBottom)
    self.colors = colors
    self.extent = extent
    self.valueLabel = valueLabel
    self.backdrop = backdrop
    self.panelsAcross = panelsAcross
    self.panelProportion = panelProportion
    self.width = width
    self.summary = summary
  }

  public func picture() throws(PictureError) -> Picture {
    let layout = try SmallMultiplesLayout(self)
    var picture = try Picture(width: width, height: layout.height, title: title, summary: summary)
    layout.title.draw(in: &picture)
    let cells = try HeatImage(
      colors: colors, extent: layout.extent, startsAtTop: rowOrder == .firstAtTop, backdrop: backdrop)
    for (index, panel) in panels.enumerated() {
      let plot = layout.plot(index)
      picture.add(
        text: PlacedText(
          panel.title, at: Point(x: plot.x, y: plot.y - 5), size: FigureStyle.labelSize
        ).shortened(to: plot.width))
      picture.add(.image(try cells.image(of: panel.values, in: plot), plot))
      picture.addFrame(plot)
      if layout.isLeftmost(index) { layout.left.drawTicks(in: &picture, leftOf: plot) }
      if layout.isLowest(index) {
        layout.below.drawTicks(in: &picture, below: plot, room: layout.roomForTicks(index))
      }
    }
    layout.left.drawLabel(in: &picture, leftOf: layout.whole)
    layout.below.drawLabel(in: &picture, below: layout.whole, room: layout.room)
    try layout.bar.draw(in: &picture, x: layout.whole.right + HeatMap.barGap, y: layout.whole.y)
    return picture
  }
}
