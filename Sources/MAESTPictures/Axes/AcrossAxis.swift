/// The horizontal axis below a plot: ticks, tick labels, and the axis label below them.
struct AcrossAxis {
  let axis: PlotAxis

  /// The height needed below the plot.
  var height: Double {
    FigureStyle.tickLength + FigureStyle.tickGap + FigureStyle.tickLineHeight
      + (axis.label.isEmpty ? 0 : FigureStyle.axisLabelHeight)
  }

  /// Returns the ticks that fit along a plot.
  func ticks(width: Double) -> [PlotAxis.PlacedTick] {
    axis.placedTicks(length: width, widest: 150) {
      StrokeFont.width(of: $0, size: FigureStyle.tickSize) + 10
    }
  }

  /// Draws the axis.
  ///
  /// - Parameters:
  ///   - room: horizontal range in which the labels must stay.
  func draw(in picture: inout Picture, below plot: Box, room: ClosedRange<Double>) {
    drawTicks(in: &picture, below: plot, room: room)
    drawLabel(in: &picture, below: plot, room: room)
  }

  func drawTicks(in picture: inout Picture, below plot: Box, room: ClosedRange<Double>) {
    var free = room.lowerBound
    for tick in ticks(width: plot.width) {
      let x = plot.x + tick.offset
      picture.add(
        .line(
          [Point(x: x, y: plot.bottom), Point(x: x, y: plot.bottom + FigureStyle.tickLength)], Stroke(.frame))
      )
      var text = PlacedText(
        tick.label,
        at: Point(
          x: x, y: plot.bottom + FigureStyle.tickLength + FigureStyle.tickGap + FigureStyle.tickSize - 1),
        size: FigureStyle.tickSize, anchor: .middle, ink: .quietText
      ).shortened(to: room.upperBound - room.lowerBound)
      // Move a label at an end inwards, so that it stays inside the picture.
      text.position.x = min(max(x, room.lowerBound + text.lead), room.upperBound - text.lead)
      guard text.box.x >= free else { continue }
      picture.add(text: text)
      free = text.box.right + 4
    }
  }

  func drawLabel(in picture: inout Picture, below plot: Box, room: ClosedRange<Double>) {
    let y = plot.bottom + height - 5
    var text = PlacedText(
      axis.label, at: Point(x: plot.x + plot.width / 2, y: y), size: FigureStyle.labelSize, anchor: .middle
    ).shortened(to: room.upperBound - room.lowerBound)
    text.position.x = min(
      max(text.position.x, room.lowerBound + text.lead), room.upperBound - text.lead)
    picture.add(text: text)
  }

  private typealias Stroke = Picture.Stroke
}
