/// A second layer behind a heat map, visible at low values of the front layer.
public struct Backdrop: Sendable, Equatable {
  /// Values that cover the same area as the front layer; the number of cells may differ.
  public var values: Grid
  public var colors: ColorMap
  /// The range of the colour scale; nil: from the minimum to the maximum.
  public var extent: Extent?
  /// Opacity of the front layer at its highest values, from 0 to 1; it decreases to 0 at the lowest value.
  public var cover: Double

  public init(values: Grid, colors: ColorMap = .grays, extent: Extent? = nil, cover: Double = 0.85) {
    self.values = values
    self.colors = colors
    self.extent = extent
    self.cover = cover
  }

  /// Returns the colour of a front value over the backdrop.
  ///
  /// - Parameters:
  ///   - place: position in the backdrop's scale, from 0 (its darkest colour) to 1.
  ///   - value: position in the front layer's scale, from 0 to 1; NaN for a missing value.
  ///   - front: colour map of the front layer.
  func color(at place: Double, under value: Double, of front: ColorMap) -> Color {
    let ground = colors.color(at: place)
    guard !value.isNaN else { return ground }
    return ground.covered(by: front.color(at: value), opacity: cover * min(max(value, 0), 1))
  }
}

/// Converts the cells of a heat map to pixels.
struct HeatImage {
  let colors: ColorMap
  let extent: Extent
  let startsAtTop: Bool
  let backdrop: Backdrop?

  private let backdropExtent: Extent

  init(colors: ColorMap, extent: Extent, startsAtTop: Bool, backdrop: Backdrop?) throws(PictureError) {
    self.colors = colors
    self.extent = extent
    self.startsAtTop = startsAtTop
    self.backdrop = backdrop
    backdropExtent = try Self.extent(
      of: backdrop.map { [$0.values] } ?? [], given: backdrop?.extent, colors: backdrop?.colors ?? .grays,
      name: "backdrop")
  }

  /// Returns the range of a colour scale: the given range, or the minimum and maximum of all grids, symmetric around
  /// zero for a diverging map.
  static func extent(
    of grids: [Grid], given: Extent?, colors: ColorMap, name: String
  ) throws(PictureError) -> Extent {
    if let given {
      try given.validate(of: name)
      return given
    }
    let ends = grids.compactMap(\.extent).flatMap { [$0.lower, $0.upper] }
    let found = Extent(of: ends) ?? Extent(0, 1)
    return (colors.isDiverging ? found.centred : found).widened
  }

  /// Returns an image with at most one pixel per point: larger grids are averaged, smaller ones are unchanged.
  func image(of grid: Grid, in box: Box) throws(PictureError) -> PNGImage {
    let (height, width) = (max(1, Int(box.height)), max(1, Int(box.width)))
    let front = grid.reduced(rows: height, columns: width, scale: extent)
    let back = backdrop?.values.reduced(rows: height, columns: width, scale: backdropExtent)
    let rows = max(front.rows, back?.rows ?? 0)
    let columns = max(front.columns, back?.columns ?? 0)
    var pixels: [Color] = []
    pixels.reserveCapacity(rows * columns)
    for line in 0..<rows {
      let row = startsAtTop ? line : rows - 1 - line
      for column in 0..<columns {
        let value = Self.value(of: front, row, column, rows, columns)
        let behind = back.map { Self.value(of: $0, row, column, rows, columns) }
        pixels.append(color(of: value, over: behind))
      }
    }
    return try PNGImage(width: columns, height: rows, colors: pixels)
  }

  private func color(of value: Float, over behind: Float?) -> Color {
    let position = Self.position(of: value, in: extent)
    guard let backdrop, let behind else { return colors.color(at: position) }
    return backdrop.color(at: Self.position(of: behind, in: backdropExtent), under: position, of: colors)
  }

  private static func position(of value: Float, in extent: Extent) -> Double {
    (Double(value) - extent.lower) / extent.length
  }

  /// Returns the value of a grid at a cell of a finer grid.
  private static func value(of grid: Grid, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Float {
    grid[(2 * row + 1) * grid.rows / (2 * rows), (2 * column + 1) * grid.columns / (2 * columns)]
  }
}
