/// The values beyond the ends of a colour scale, which are drawn in the colour of the end.
struct ScaleOverflow {
  /// The minimum, if it is below the lower end; otherwise nil.
  let least: Double?
  /// The maximum, if it is above the upper end; otherwise nil.
  let greatest: Double?

  /// Only values beyond an end by more than one colour level count; infinities count as the ends.
  init(of grids: [Grid], beyond extent: Extent) {
    let hair = extent.length / Double(ColorMap.levelCount - 1)
    let extents = grids.compactMap(\.extent)
    least = extents.map(\.lower).min().flatMap { $0 < extent.lower - hair ? $0 : nil }
    greatest = extents.map(\.upper).max().flatMap { $0 > extent.upper + hair ? $0 : nil }
  }
}
