/// Which colour stands for which value: a strip with ticks at its right.
struct ColorBar {
  private let colors: ColorMap
  private let axis: PlotAxis
  private let height: Double
  private let ticks: [PlotAxis.PlacedTick]

  private static let stripWidth = 14.0
  private static let tallest = 320.0

  /// - Parameters:
  ///   - room: the height that there is.
  init(colors: ColorMap, extent: Extent, label: String, room: Double) throws(PictureError) {
    self.colors = colors
    axis = try PlotAxis(
      .range(label, from: extent.lower, to: extent.upper), automatic: extent, name: "values")
    height = min(room, Self.tallest)
    ticks = axis.placedTicks(length: height, widest: 90) { _ in FigureStyle.tickLineHeight }
  }

  /// What it takes across.
  var width: Double { labelStart + (axis.label.isEmpty ? 0 : FigureStyle.axisLabelHeight) }

  private var labelStart: Double {
    let labels = ticks.map { StrokeFont.width(of: $0.label, size: FigureStyle.tickSize) }.max() ?? 0
    return (Self.stripWidth + FigureStyle.tickLength + FigureStyle.tickGap + labels).rounded(.up)
  }

  func draw(in picture: inout Picture, x: Double, y: Double) throws(PictureError) {
    let strip = Box(x: x, y: y, width: Self.stripWidth, height: height)
    picture.add(
      .image(try PNGImage(width: 1, height: colors.colors.count, colors: colors.colors.reversed()), strip))
    picture.addFrame(strip)
    for tick in ticks {
      let place = strip.bottom - tick.offset
      picture.add(
        .line(
          [Point(x: strip.right, y: place), Point(x: strip.right + FigureStyle.tickLength, y: place)],
          Picture.Stroke(.frame)))
      picture.add(
        text: PlacedText(
          tick.label,
          at: Point(
            x: strip.right + FigureStyle.tickLength + FigureStyle.tickGap,
            y: place + FigureStyle.tickSize * StrokeFont.capitalHeight / 2),
          size: FigureStyle.tickSize, ink: .quietText))
    }
    picture.add(
      text: PlacedText(
        axis.label, at: Point(x: x + width - 5, y: y + height / 2), size: FigureStyle.labelSize,
        anchor: .middle, isUpright: true
      ).shortened(to: height))
  }
}
