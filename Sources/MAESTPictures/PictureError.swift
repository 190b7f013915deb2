/// Why a picture cannot be drawn.
public enum PictureError: Error, Equatable, Sendable {
  /// A grid without cells.
  case emptyGrid(rows: Int, columns: Int)
  /// A grid of so many rows and columns does not hold so many values.
  case wrongValueCount(rows: Int, columns: Int, found: Int)
  /// A tensor of other than two axes.
  case notAMatrix(shape: [Int])
  /// An axis has not one name for each row, column or bar.
  case wrongNameCount(axis: String, expected: Int, found: Int)
  /// The ends of an axis or of a scale of values are not finite or not ascending.
  case invalidExtent(of: String, lower: Double, upper: Double)
  /// A logarithmic axis reaches zero or below.
  case notPositive(axis: String, lower: Double)
  /// A tick at a position that is not finite.
  case invalidTick(axis: String, label: String)
  /// A curve's abscissas and ordinates differ in number.
  case wrongPointCount(curve: String, x: Int, y: Int)
  /// A figure without curves, bars or panels.
  case nothingToDraw(figure: String)
  /// A picture or an image of a size that cannot be drawn.
  case invalidSize(width: Int, height: Int, allowed: ClosedRange<Int>)
  /// A scale of pixels a point that is not offered.
  case invalidScale(Int, allowed: ClosedRange<Int>)
  /// A row of a table has another number of cells than its header.
  case wrongCellCount(row: Int, expected: Int, found: Int)
  /// libpng refuses to write an image.
  case notEncoded(width: Int, height: Int, reason: String)
  /// The bytes are no PNG image that libpng can read.
  case notDecoded(byteCount: Int, reason: String)
}

extension PictureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyGrid(let rows, let columns):
      "a grid of \(rows) rows and \(columns) columns has no cells to draw"
    case .wrongValueCount(let rows, let columns, let found):
      "a grid of \(rows) rows and \(columns) columns needs as many values as cells, \(found) were given"
    case .notAMatrix(let shape):
      "a tensor of shape \(shape) is no grid: two axes are needed, [row, column]"
    case .wrongNameCount(let axis, let expected, let found):
      "the axis '\(axis)' has \(found) names for \(expected) cells; give one name a cell"
    case .invalidExtent(let what, let lower, let upper):
      "'\(what)' goes from \(lower) to \(upper); both ends must be finite and the first one lower"
    case .notPositive(let axis, let lower):
      "the logarithmic axis '\(axis)' starts at \(lower); it must start above zero"
    case .invalidTick(let axis, let label):
      "the tick '\(label)' of the axis '\(axis)' has no finite position"
    case .wrongPointCount(let curve, let x, let y):
      "the curve '\(curve)' has \(x) abscissas and \(y) ordinates; give as many of either"
    case .nothingToDraw(let figure):
      "the figure '\(figure)' has nothing to draw"
    case .invalidSize(let width, let height, let allowed):
      "a picture of \(width) x \(height) cannot be drawn; either side must be from \(allowed.lowerBound) to "
        + "\(allowed.upperBound)"
    case .invalidScale(let scale, let allowed):
      "\(scale) pixels a point are not offered; give \(allowed.lowerBound) to \(allowed.upperBound)"
    case .wrongCellCount(let row, let expected, let found):
      "row \(row) of a table has \(found) cells, its header \(expected)"
    case .notEncoded(let width, let height, let reason):
      "libpng cannot write an image of \(width) x \(height): \(reason)"
    case .notDecoded(let byteCount, let reason):
      "libpng cannot read an image from \(byteCount) bytes: \(reason)"
    }
  }
}
