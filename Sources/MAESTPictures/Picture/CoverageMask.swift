/// The coverage of each pixel by some shapes; where shapes overlap, the maximum counts.
struct CoverageMask {
  let rows: Range<Int>
  let columns: Range<Int>
  private var values: [Float]

  /// Creates a mask around points, in pixels, within a canvas.
  init(around points: some Collection<Point>, margin: Double, width: Int, height: Int) {
    func range(_ values: some Collection<Double>, within limit: Int) -> Range<Int> {
      guard let low = values.min(), let high = values.max() else { return 0..<0 }
      let first = Int(pixel: low - margin - 1)
      return (first..<Swift.max(first, Int(pixel: high + margin + 1))).clamped(to: 0..<limit)
    }
    rows = range(points.map(\.y), within: height)
    columns = range(points.map(\.x), within: width)
    values = [Float](repeating: 0, count: rows.count * columns.count)
  }

  subscript(row: Int, column: Int) -> Float {
    values[(row - rows.lowerBound) * columns.count + column - columns.lowerBound]
  }

  /// Covers all pixels within `radius` of the line between two points; for equal points, a disc.
  mutating func cover(from start: Point, to end: Point, radius: Double) {
    // A line thinner than a pixel is drawn one pixel wide with reduced opacity.
    let reach = max(radius, 0.5)
    let strength = radius / reach
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let squaredLength = dx * dx + dy * dy
    for row in span(start.y, end.y, reach).clamped(to: rows) {
      for column in span(start.x, end.x, reach).clamped(to: columns) {
        let (x, y) = (Double(column) + 0.5 - start.x, Double(row) + 0.5 - start.y)
        let along = squaredLength > 0 ? min(max((x * dx + y * dy) / squaredLength, 0), 1) : 0
        let (offX, offY) = (x - along * dx, y - along * dy)
        let distance = (offX * offX + offY * offY).squareRoot()
        let coverage = Float(min(max(reach + 0.5 - distance, 0), 1) * strength)
        let place = (row - rows.lowerBound) * columns.count + column - columns.lowerBound
        values[place] = max(values[place], coverage)
      }
    }
  }

  private func span(_ from: Double, _ to: Double, _ reach: Double) -> Range<Int> {
    Int(pixel: min(from, to) - reach - 2)..<Int(pixel: max(from, to) + reach + 2)
  }
}
