/// Sizes that all figures share, in points.
enum FigureStyle {
  static let margin = 14.0
  static let titleSize = 15.0
  static let titleLineHeight = 20.0
  static let labelSize = 12.0
  static let tickSize = 11.0
  static let tickLength = 4.0
  /// Between a tick and its label.
  static let tickGap = 4.0
  /// From one line of small text to the next.
  static let tickLineHeight = 14.0
  /// What an axis's label takes across it, with the gap before it.
  static let axisLabelHeight = 20.0

  /// Widths that figures can be drawn in.
  static let widths = 400...4000
  /// Heights that plots can be drawn in.
  static let plotHeights = 40...4000

  /// How wide labels at the side of a figure may get.
  static func widestSideLabel(width: Int) -> Double { Double(width) * 0.38 }

  /// Throws unless a figure can be drawn in a size.
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
  /// Draws it.
  ///
  /// - Throws: ``PictureError`` for what cannot be drawn.
  func picture() throws(PictureError) -> Picture
}
