/// Sizes shared by all figures, in points.
enum FigureStyle {
  static let margin = 14.0
  static let titleSize = 15.0
  static let titleLineHeight = 20.0
  static let labelSize = 12.0
  static let tickSize = 11.0
  static let tickLength = 4.0
  /// Gap between a tick and its label.
  static let tickGap = 4.0
  /// Line height of small text.
  static let tickLineHeight = 14.0
  /// Size of an axis label perpendicular to the axis, including the gap before it.
  static let axisLabelHeight = 20.0

  /// Range of figure widths.
  static let widths = 400...4000
  /// Range of plot heights.
  static let plotHeights = 40...4000

  /// Returns the maximum width of labels at the side of a figure.
  static func widestSideLabel(width: Int) -> Double { Double(width) * 0.38 }

  /// Throws if a figure of this size cannot be drawn.
  static func validate(width: Int, plotHeight: Int) throws(PictureError) {
    guard widths.contains(width) else {
      throw .invalidSize(width: width, height: plotHeight, allowed: widths)
    }
    guard plotHeights.contains(plotHeight) else {
      throw .invalidSize(width: width, height: plotHeight, allowed: plotHeights)
    }
  }
}

/// A figure that can be drawn.
public protocol Figure: Sendable {
  /// Draws the figure.
  ///
  /// - Throws: ``PictureError`` if it cannot be drawn.
  func picture() throws(PictureError) -> Picture
}
