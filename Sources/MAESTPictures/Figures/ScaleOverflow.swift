/// Which values lie beyond the ends of a scale of colours, and are drawn in the colour of the end.
struct ScaleOverflow {
  /// The least value below the lower end; nil where there is none.
  let least: Double?
  /// The greatest value above the upper end; nil where there is none.
  let greatest: Double?

  /// Values that are farther beyond than one level of colour; infinities count as the ends.
  init(of grids: [Grid], beyond extent: Extent) {
    let hair = extent.length / Double(ColorMap.levelCount - 1)
    let extents = grids.compactMap(\.extent)
    least = extents.map(\.lower).min().flatMap { $0 < extent.lower - hair ? $0 : nil }
    greatest = extents.map(\.upper).max().flatMap { $0 > extent.upper + hair ? $0 : nil }
  }
}
