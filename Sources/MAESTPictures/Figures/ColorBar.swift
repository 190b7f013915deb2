/// The legend of a colour map: a strip with ticks at its right.
///
/// If values lie beyond an end of the scale, that end is pointed and its label states the extreme: "≥ 14.8, max 57.3".
/// If values are drawn over a backdrop, the strip covers the backdrop's colours from the darkest at the left to the
/// lightest at the right, so that the blended colours appear as in the figure.
struct ColorBar {
  private let colors: ColorMap
  private let backdrop: Backdrop?
  private let axis: PlotAxis
  private let height: Double
  private let ticks: [PlotAxis.PlacedTick]
  private let beyond: ScaleOverflow

  private static let tallest = 320.0
  /// Number of backdrop colours shown side by side.
  private static let groundCount = 14
  private static let groundLabel = "ground →"

  /// - Parameters:
  ///   - beyond: the values beyond the ends.
  ///   - backdrop: the backdrop of the colours.
  ///   - room: the available height.
  init(
    colors: ColorMap, extent: Extent, beyond: ScaleOverflow, backdrop: Backdrop?, label: String, room: Double
  ) throws(PictureError) {
    self.colors = colors
    self.backdrop = backdrop
    self.beyond = beyond
    axis = try PlotAxis(
      .range(label, from: extent.lower, to: extent.upper), automatic: extent, name: "values")
    height = min(room, Self.tallest)
    ticks = Self.ticks(axis, height: height, beyond)
  }

  /// Returns the axis's ticks; those at a pointed end have two lines that state the values beyond.
  private static func ticks(
    _ axis: PlotAxis, height: Double, _ beyond: ScaleOverflow
  ) -> [PlotAxis.PlacedTick] {
    let line = FigureStyle.tickLineHeight
    // A low bar has room for one line at each end.
    let hasSecondLine = height >= 5 * line
    let cleared = hasSecondLine ? 2 * line : line
    var ticks = axis.placedTicks(length: height, widest: 90) { _ in line }
    if let greatest = beyond.greatest {
      ticks.removeAll { $0.offset > height - cleared }
      if hasSecondLine {
        ticks.append(
          .init(offset: height - line, label: "max \(NumberText.short(greatest))", isMarked: false))
      }
      ticks.append(.init(offset: height, label: "≥ \(NumberText.short(axis.extent.upper))"))
    }
    if let least = beyond.least {
      ticks.removeAll { $0.offset < cleared }
      if hasSecondLine {
        ticks.append(.init(offset: line, label: "min \(NumberText.short(least))", isMarked: false))
      }
      ticks.append(.init(offset: 0, label: "≤ \(NumberText.short(axis.extent.lower))"))
    }
    return ticks
  }

  private var stripWidth: Double { backdrop == nil ? 14 : 28 }

  /// The width needed.
  var width: Double { labelStart + (axis.label.isEmpty ? 0 : FigureStyle.axisLabelHeight) }

  private var labelStart: Double {
    let labels = ticks.map { StrokeFont.width(of: $0.label, size: FigureStyle.tickSize) }.max() ?? 0
    let scale = stripWidth + FigureStyle.tickLength + FigureStyle.tickGap + labels
    let ground = backdrop == nil ? 0 : StrokeFont.width(of: Self.groundLabel, size: FigureStyle.tickSize)
    return max(scale, ground).rounded(.up)
  }

  /// Whether there is text below the strip.
  var hasTextBelow: Bool { backdrop != nil }

  func draw(in picture: inout Picture, x: Double, y: Double) throws(PictureError) {
    let strip = Box(x: x, y: y, width: stripWidth, height: height)
    picture.add(.image(try image(), strip))
    picture.addFrame(strip)
    drawPoints(in: &picture, strip)
    for tick in ticks { draw(tick, in: &picture, strip) }
    if hasTextBelow {
      picture.add(
        text: PlacedText(
          Self.groundLabel,
          at: Point(
            x: strip.x,
            y: strip.bottom + FigureStyle.tickLength + FigureStyle.tickGap + FigureStyle.tickSize - 1),
          size: FigureStyle.tickSize, ink: .quietText))
    }
    picture.add(
      text: PlacedText(
        axis.label, at: Point(x: x + width - 5, y: y + height / 2), size: FigureStyle.labelSize,
        anchor: .middle, isUpright: true
      ).shortened(to: height))
  }

  /// Returns the strip's colours, with the highest value at the top.
  private func image() throws(PictureError) -> PNGImage {
    let count = colors.colors.count
    guard let backdrop else {
      return try PNGImage(width: 1, height: count, colors: colors.colors.reversed())
    }
    let pixels = (0..<count).flatMap { row in
      (0..<Self.groundCount).map { column in
        backdrop.color(
          at: Double(column) / Double(Self.groundCount - 1),
          under: Double(count - 1 - row) / Double(count - 1), of: colors)
      }
    }
    return try PNGImage(width: Self.groundCount, height: count, colors: pixels)
  }

  /// Draws the points at ends that values lie beyond.
  private func drawPoints(in picture: inout Picture, _ strip: Box) {
    let middle = strip.x + strip.width / 2
    if beyond.greatest != nil {
      drawPoint(in: &picture, strip, from: strip.y, to: Point(x: middle, y: strip.y - 7))
    }
    if beyond.least != nil {
      drawPoint(in: &picture, strip, from: strip.bottom, to: Point(x: middle, y: strip.bottom + 7))
    }
  }

  private func drawPoint(in picture: inout Picture, _ strip: Box, from y: Double, to point: Point) {
    picture.add(
      .line([Point(x: strip.x, y: y), point, Point(x: strip.right, y: y)], Picture.Stroke(.frame)))
  }

  private func draw(_ tick: PlotAxis.PlacedTick, in picture: inout Picture, _ strip: Box) {
    let place = strip.bottom - tick.offset
    if tick.isMarked {
      picture.add(
        .line(
          [Point(x: strip.right, y: place), Point(x: strip.right + FigureStyle.tickLength, y: place)],
          Picture.Stroke(.frame)))
    }
    picture.add(
      text: PlacedText(
        tick.label,
        at: Point(
          x: strip.right + FigureStyle.tickLength + FigureStyle.tickGap,
          y: place + FigureStyle.tickSize * StrokeFont.capitalHeight / 2),
        size: FigureStyle.tickSize, ink: .quietText))
  }
}
