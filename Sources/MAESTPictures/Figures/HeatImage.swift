/// What lies behind a heat map and is seen where its values are low.
public struct Backdrop: Sendable, Equatable {
  /// Covers the same area as the values in front; its cells may be others.
  public var values: Grid
  public var colors: ColorMap
  /// From where to where the colours go; nil: from the least to the greatest value.
  public var extent: Extent?
  /// How much the highest values in front cover it, from 0 to 1; lower ones cover it less, the lowest not at all.
  public var cover: Double

  public init(values: Grid, colors: ColorMap = .grays, extent: Extent? = nil, cover: Double = 0.85) {
    self.values = values
    self.colors = colors
    self.extent = extent
    self.cover = cover
  }

  /// What is seen where a value lies over the ground.
  ///
  /// - Parameters:
  ///   - place: the ground's, from 0 (its darkest colour) to 1.
  ///   - value: where the value lies in its scale, from 0 to 1; NaN: there is none.
  ///   - front: the value's colours.
  func color(at place: Double, under value: Double, of front: ColorMap) -> Color {
    let ground = colors.color(at: place)
    guard !value.isNaN else { return ground }
    return ground.covered(by: front.color(at: value), opacity: cover * min(max(value, 0), 1))
  }
}

/// The cells of a heat map as pixels.
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

  /// The ends of a scale of colours: those given, or the least and the greatest value of all grids; around zero for
  /// a diverging map.
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

  /// At most a pixel a point: more cells than that are averaged, fewer stay as they are.
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

  /// The value of a grid at a cell of a finer one.
  private static func value(of grid: Grid, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Float {
    grid[(2 * row + 1) * grid.rows / (2 * rows), (2 * column + 1) * grid.columns / (2 * columns)]
  }
}
