/// Pixels to paint on.
struct PixelCanvas {
  let width: Int
  let height: Int
  private(set) var bytes: [UInt8]

  init(width: Int, height: Int, ground: Color) {
    self.width = width
    self.height = height
    bytes = []
    bytes.reserveCapacity(width * height * 3)
    for _ in 0..<width * height {
      bytes += [ground.red, ground.green, ground.blue]
    }
  }

  /// Fills whole pixels; the part outside the canvas is ignored.
  mutating func fill(rows: Range<Int>, columns: Range<Int>, color: Color) {
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) {
        set(row, column, color)
      }
    }
  }

  /// Draws an image stretched over whole pixels by nearest-neighbour sampling at pixel centres.
  mutating func draw(_ image: PNGImage, rows: Range<Int>, columns: Range<Int>) {
    for row in rows.clamped(to: 0..<height) {
      let sourceRow = (2 * (row - rows.lowerBound) + 1) * image.height / (2 * rows.count)
      for column in columns.clamped(to: 0..<width) {
        let sourceColumn = (2 * (column - columns.lowerBound) + 1) * image.width / (2 * columns.count)
        set(row, column, image[sourceRow, sourceColumn])
      }
    }
  }

  /// Paints through a mask.
  mutating func paint(_ mask: CoverageMask, color: Color) {
    for row in mask.rows {
      for column in mask.columns {
        // Quantise coverage to eighths: the image has fewer colours, and a file with a palette is a third as large.
        let coverage = (mask[row, column] * 8).rounded() / 8
        guard coverage > 0 else { continue }
        let start = (row * width + column) * 3
        let under = Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
        set(row, column, under.covered(by: color, opacity: Double(coverage)))
      }
    }
  }

  private mutating func set(_ row: Int, _ column: Int, _ color: Color) {
    let start = (row * width + column) * 3
    bytes[start] = color.red
    bytes[start + 1] = color.green
    bytes[start + 2] = color.blue
  }
}
