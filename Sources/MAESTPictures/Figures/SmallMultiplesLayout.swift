/// Positions of the panels of small multiples.
struct SmallMultiplesLayout {
  let title: FigureTitle
  let extent: Extent
  let left: UpwardAxis
  let below: AcrossAxis
  let bar: ColorBar
  /// Bounding box of all panels.
  let whole: Box
  /// Height of the picture.
  let height: Int
  /// Horizontal range without the margins.
  let room: ClosedRange<Double>

  private let panelCount: Int
  private let across: Int
  private let panelWidth: Double
  private let panelHeight: Double

  private static let gap = 24.0
  private static let titleHeight = 18.0
  private static let rowGap = 12.0

  init(_ figure: SmallMultiples) throws(PictureError) {
    guard let first = figure.panels.first else { throw .nothingToDraw(figure: figure.title) }
    panelCount = figure.panels.count
    across = min(max(1, figure.panelsAcross ?? 4), panelCount)
    extent = try HeatImage.extent(
      of: figure.panels.map(\.values), given: figure.extent, colors: figure.colors, name: figure.valueLabel)
    title = FigureTitle(figure.title, width: figure.width)
    let yAxis = try PlotAxis(figure.yAxis, cellCount: first.values.rows, name: "rows")
    below = AcrossAxis(axis: try PlotAxis(figure.xAxis, cellCount: first.values.columns, name: "columns"))
    for panel in figure.panels.dropFirst() {
      _ = try PlotAxis(figure.yAxis, cellCount: panel.values.rows, name: panel.title)
      _ = try PlotAxis(figure.xAxis, cellCount: panel.values.columns, name: panel.title)
    }
    // Compute the panel width for usual widths of axis and colour bar: the actual widths depend on the height.
    let gaps = Double(across - 1) * Self.gap
    let usual = (Double(figure.width) - 170 - gaps) / Double(across)
    let least = Double(FigureStyle.plotHeights.lowerBound)
    // A NaN proportion stays NaN and is refused.
    let proportional = (usual * figure.panelProportion).rounded()
    panelHeight = proportional < least ? least : proportional
    try FigureStyle.validate(width: figure.width, plotHeight: Int(exactly: panelHeight) ?? 0)
    left = UpwardAxis(
      axis: yAxis, startsAtTop: figure.rowOrder == .firstAtTop, height: panelHeight,
      widest: FigureStyle.widestSideLabel(width: figure.width) / 2)
    let down = (panelCount + across - 1) / across
    let wholeHeight =
      Double(down) * (panelHeight + Self.titleHeight + Self.rowGap) - Self.titleHeight - Self.rowGap
    bar = try ColorBar(
      colors: figure.colors, extent: extent,
      beyond: ScaleOverflow(of: figure.panels.map(\.values), beyond: extent), backdrop: figure.backdrop,
      label: figure.valueLabel, room: wholeHeight)
    let x = FigureStyle.margin + left.width
    let available = Double(figure.width) - FigureStyle.margin - bar.width - HeatMap.barGap - x
    panelWidth = ((available - gaps) / Double(across)).rounded(.down)
    guard panelWidth >= 20 else {
      throw .invalidSize(width: Int(panelWidth), height: Int(panelHeight), allowed: FigureStyle.widths)
    }
    whole = Box(
      x: x, y: title.height + Self.titleHeight, width: panelWidth * Double(across) + gaps, height: wholeHeight
    )
    height = Int((whole.bottom + below.height + FigureStyle.margin).rounded(.up))
    room = FigureStyle.margin...Double(figure.width) - FigureStyle.margin
  }

  func plot(_ index: Int) -> Box {
    Box(
      x: whole.x + Double(index % across) * (panelWidth + Self.gap),
      y: whole.y + Double(index / across) * (panelHeight + Self.titleHeight + Self.rowGap), width: panelWidth,
      height: panelHeight)
  }

  func isLeftmost(_ index: Int) -> Bool { index % across == 0 }

  /// Returns whether there is no panel below this one.
  func isLowest(_ index: Int) -> Bool { index + across >= panelCount }

  /// Returns the range in which the labels below a panel do not overlap those of its neighbours.
  func roomForTicks(_ index: Int) -> ClosedRange<Double> {
    let plot = plot(index)
    return plot.x - Self.gap / 2 + 3...plot.right + Self.gap / 2 - 3
  }
}
