/// Why a picture cannot be drawn.
public enum PictureError: Error, Equatable, Sendable {
  /// The grid has no cells.
  case emptyGrid(rows: Int, columns: Int)
  /// The number of values does not match the grid's rows and columns.
  case wrongValueCount(rows: Int, columns: Int, found: Int)
  /// The tensor does not have two axes.
  case notAMatrix(shape: [Int])
  /// The number of an axis's names differs from the number of rows, columns or bars.
  case wrongNameCount(axis: String, expected: Int, found: Int)
  /// The ends of an axis or of a value scale are not finite or not in ascending order.
  case invalidExtent(of: String, lower: Double, upper: Double)
  /// The range of a logarithmic axis is not entirely above zero.
  case notPositive(axis: String, lower: Double)
  /// The position of a tick is not finite.
  case invalidTick(axis: String, label: String)
  /// The numbers of x and y coordinates of a curve differ.
  case wrongPointCount(curve: String, x: Int, y: Int)
  /// The figure has no curves, bars or panels.
  case nothingToDraw(figure: String)
  /// The size of a picture or image is outside the allowed range.
  case invalidSize(width: Int, height: Int, allowed: ClosedRange<Int>)
  /// The scale in pixels per point is outside the allowed range.
  case invalidScale(Int, allowed: ClosedRange<Int>)
  /// The number of cells in a table row differs from the header.
  case wrongCellCount(row: Int, expected: Int, found: Int)
  /// libpng cannot write an image.
  case notEncoded(width: Int, height: Int, reason: String)
  /// The bytes are not a PNG image that libpng can read.
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
      "a tensor of shape \(shape) is not a grid: two axes are needed, [row, column]"
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
