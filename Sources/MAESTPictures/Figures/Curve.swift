/// A curve of a line chart.
public struct Curve: Sendable, Equatable {
  /// The name in the legend; a single curve may have none.
  public var name: String
  /// The x coordinates.
  public let x: [Double]
  /// The y coordinates, one per x coordinate; the curve has a gap at values that are not finite, or not above zero on a
  /// logarithmic axis.
  public let y: [Double]

  /// - Throws: ``PictureError`` if the numbers of x and y coordinates differ.
  public init(_ name: String, x: [Double], y: [Double]) throws(PictureError) {
    guard x.count == y.count else { throw .wrongPointCount(curve: name, x: x.count, y: y.count) }
    self.name = name
    self.x = x
    self.y = y
  }

  /// Creates a curve at the x coordinates `first`, `first + step`...
  public init(_ name: String, first: Double = 0, step: Double = 1, y: [Float]) {
    self.name = name
    x = y.indices.map { first + Double($0) * step }
    self.y = y.map(Double.init)
  }
}

/// Converts a curve's points to lines within a plot.
struct CurvePath {
  let plot: Box
  let xAxis: PlotAxis
  let yAxis: PlotAxis

  /// Returns the lines of a curve: more than one if it has gaps or leaves the plot.
  func lines(_ curve: Curve) -> [[Point]] {
    points(curve).flatMap { clipped(thinned($0)) }
  }

  /// Returns the curve's points within the plot.
  func markers(_ curve: Curve) -> [Point] {
    points(curve).joined().filter {
      $0.x >= plot.x && $0.x <= plot.right && $0.y >= plot.y && $0.y <= plot.bottom
    }
  }

  /// Returns runs of consecutive points that can be drawn.
  private func points(_ curve: Curve) -> [[Point]] {
    var runs: [[Point]] = [[]]
    for (x, y) in zip(curve.x, curve.y) {
      let (across, up) = (xAxis.position(of: x), yAxis.position(of: y))
      if across.isFinite, up.isFinite {
        runs[runs.count - 1].append(
          Point(x: plot.x + across * plot.width, y: plot.bottom - up * plot.height))
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  /// Reduces a line to at most four points per column of one point's width: first, highest, lowest and last.
  private func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 4 * Int(plot.width) else { return points }
    var kept: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      let end = points[start...].firstIndex { $0.x.rounded(.down) != column } ?? points.count
      let run = start..<end
      let extremes = [run.min { points[$0].y < points[$1].y }, run.max { points[$0].y < points[$1].y }]
      kept += Set([start, end - 1] + extremes.compactMap { $0 }).sorted().map { points[$0] }
      start = end
    }
    return kept
  }

  /// Returns the parts of a line within the plot; a single point gives a line of zero length.
  private func clipped(_ points: [Point]) -> [[Point]] {
    if points.count == 1 { return clipped(points + points) }
    var lines: [[Point]] = []
    for (start, end) in zip(points, points.dropFirst()) {
      guard let (from, to) = clip(start, end) else { continue }
      if lines.last?.last == from {
        lines[lines.count - 1].append(to)
      } else {
        lines.append([from, to])
      }
    }
    return lines
  }

  /// Clips a line to a rectangle (Liang and Barsky).
  private func clip(_ start: Point, _ end: Point) -> (Point, Point)? {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    var (enter, leave) = (0.0, 1.0)
    let edges = [
      (-dx, start.x - plot.x), (dx, plot.right - start.x), (-dy, start.y - plot.y),
      (dy, plot.bottom - start.y),
    ]
    for (outward, distance) in edges {
      if outward == 0 {
        if distance < 0 { return nil }
      } else if outward < 0 {
        enter = max(enter, distance / outward)
      } else {
        leave = min(leave, distance / outward)
      }
    }
    guard enter <= leave else { return nil }
    func at(_ part: Double) -> Point {
      part == 0 ? start : part == 1 ? end : Point(x: start.x + part * dx, y: start.y + part * dy)
    }
    return (at(enter), at(leave))
  }
}
