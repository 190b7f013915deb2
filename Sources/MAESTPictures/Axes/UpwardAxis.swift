/// The vertical axis at the left of a plot: ticks, tick labels, and the rotated axis label beside them.
struct UpwardAxis {
  let axis: PlotAxis
  /// Whether the axis starts at the plot's upper edge and goes down.
  let startsAtTop: Bool
  let ticks: [PlotAxis.PlacedTick]

  /// - Parameters:
  ///   - height: the height of the plot.
  ///   - widest: the maximum width of tick labels; longer ones are shortened.
  init(axis: PlotAxis, startsAtTop: Bool = false, height: Double, widest: Double) {
    self.axis = axis
    self.startsAtTop = startsAtTop
    ticks = axis.placedTicks(length: height, widest: widest) { _ in FigureStyle.tickLineHeight }
  }

  /// The width needed at the left of the plot.
  var width: Double {
    tickWidth + (axis.label.isEmpty ? 0 : FigureStyle.axisLabelHeight)
  }

  /// The width of the ticks and their labels.
  private var tickWidth: Double {
    let labels = ticks.map { StrokeFont.width(of: $0.label, size: FigureStyle.tickSize) }.max() ?? 0
    return (labels + FigureStyle.tickLength + FigureStyle.tickGap).rounded(.up)
  }

  func draw(in picture: inout Picture, leftOf plot: Box) {
    drawTicks(in: &picture, leftOf: plot)
    drawLabel(in: &picture, leftOf: plot)
  }

  func drawTicks(in picture: inout Picture, leftOf plot: Box) {
    for tick in ticks {
      let y = self.y(tick.offset, in: plot)
      picture.add(
        .line(
          [Point(x: plot.x - FigureStyle.tickLength, y: y), Point(x: plot.x, y: y)], Picture.Stroke(.frame)))
      picture.add(
        text: PlacedText(
          tick.label,
          at: Point(
            x: plot.x - FigureStyle.tickLength - FigureStyle.tickGap,
            y: y + FigureStyle.tickSize * StrokeFont.capitalHeight / 2),
          size: FigureStyle.tickSize, anchor: .end, ink: .quietText))
    }
  }

  func drawLabel(in picture: inout Picture, leftOf plot: Box) {
    picture.add(
      text: PlacedText(
        axis.label, at: Point(x: plot.x - tickWidth - 7, y: plot.y + plot.height / 2),
        size: FigureStyle.labelSize, anchor: .middle, isUpright: true
      ).shortened(to: plot.height))
  }

  /// Returns the distance of a tick from the picture's upper edge.
  func y(_ offset: Double, in plot: Box) -> Double {
    startsAtTop ? plot.y + offset : plot.bottom - offset
  }
}
