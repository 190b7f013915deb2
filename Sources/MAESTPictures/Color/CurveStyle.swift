/// The colour and the dash pattern that distinguish a curve.
package struct CurveStyle: Equatable {
  package let color: Color
  /// Alternating lengths of dashes and gaps, in points; empty for a solid line.
  package let dashes: [Double]

  /// Colours that are distinguishable with red-green colour blindness (after Okabe and Ito, 2008), with enough contrast
  /// on both white and dark pages.
  package static let colors = [
    Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xB8649A), Color(0xB07A00), Color(0x3C8FC4),
    Color(0x7A7F87),
  ]

  static let dashes: [[Double]] = [[], [7, 4], [2, 4], [9, 4, 2, 4]]

  /// Returns the style of the curve at an index; the first 28 styles differ.
  ///
  /// Consecutive curves differ in colour and dash pattern, so that they are also distinguishable in greyscale.
  package init(index: Int) {
    color = Self.colors[index % Self.colors.count]
    dashes = Self.dashes[index % Self.dashes.count]
  }
}
