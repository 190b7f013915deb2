/// The colour and the dashes that tell one curve from another.
package struct CurveStyle: Equatable {
  package let color: Color
  /// Lengths of dashes and gaps in turn, in points; empty for an unbroken line.
  package let dashes: [Double]

  /// Colours that those who do not see red or green apart tell apart too (after Okabe and Ito, 2008), as dark as
  /// white paper needs and as light as a dark page needs.
  package static let colors = [
    Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xB8649A), Color(0xB07A00), Color(0x3C8FC4),
    Color(0x7A7F87),
  ]

  static let dashes: [[Double]] = [[], [7, 4], [2, 4], [9, 4, 2, 4]]

  /// The style of the curve at an index; the first 28 differ.
  ///
  /// Neighbours in colour differ in dashes too, so that the curves are told apart in grey.
  package init(index: Int) {
    color = Self.colors[index % Self.colors.count]
    dashes = Self.dashes[index % Self.dashes.count]
  }
}
