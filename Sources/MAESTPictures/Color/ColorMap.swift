/// A colour map for values from low to high.
///
/// All maps except ``diverging`` have perceptually uniform, increasing lightness, so that they are readable in
/// greyscale print.
public struct ColorMap: Sendable, Equatable {
  /// A short name.
  public let name: String

  /// The colour of values that are not numbers.
  public let missing: Color

  /// Whether the middle stands for zero, so that the scale should be symmetric around zero.
  public let isDiverging: Bool

  /// Colours from the lowest value to the highest; an odd number, so that there is a middle one.
  ///
  /// Together with ``missing`` and the axis colours there are at most 256, which is the limit of a palette image.
  package let colors: [Color]

  static let levelCount = 201

  /// Returns the colour of a value.
  ///
  /// - Parameters:
  ///   - position: from 0 (lower end of the scale) to 1 (upper end); values beyond the ends get the colour of the end,
  ///     NaN gets ``missing``.
  public func color(at position: Double) -> Color {
    guard !position.isNaN else { return missing }
    return colors[Int((min(max(position, 0), 1) * Double(colors.count - 1)).rounded())]
  }

  /// Creates a map through evenly spaced colours, interpolated perceptually.
  private init(_ name: String, missing: UInt32 = 0xC3C7CC, through points: [UInt32]) {
    let stops = points.map { PerceptualColor(Color($0)) }
    self.init(name: name, missing: Color(missing), isDiverging: false) { position in
      let place = position * Double(stops.count - 1)
      let first = min(Int(place), stops.count - 2)
      return stops[first].mixed(with: stops[first + 1], place - Double(first))
    }
  }

  private init(
    name: String, missing: Color, isDiverging: Bool, color: (_ position: Double) -> PerceptualColor
  ) {
    self.name = name
    self.missing = missing
    self.isDiverging = isDiverging
    colors = (0..<Self.levelCount).map { color(Double($0) / Double(Self.levelCount - 1)).color }
  }
}

extension ColorMap {
  /// Violet, blue, green, yellow; after the map of the same name by van der Walt and Smith (CC0).
  public static let viridis = ColorMap(
    "viridis",
    through: [
      0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725,
    ])

  /// Black, purple, orange, cream; after the map of the same name by van der Walt and Smith (CC0).
  public static let magma = ColorMap(
    "magma",
    through: [
      0x000004, 0x180F3E, 0x451077, 0x721F81, 0x9F2F7F, 0xCD4071, 0xF1605D, 0xFD9567, 0xFEC98D, 0xFCFDBF,
    ])

  /// Dark blue to yellow, suitable for red-green colour blindness; after the map of the same name by Nuñez, Anderton
  /// and Renslow (2018).
  public static let cividis = ColorMap(
    "cividis",
    through: [
      0x00204D, 0x00336F, 0x39486B, 0x575C6D, 0x707173, 0x8A8779, 0xA69D75, 0xC4B56C, 0xE4CF5B, 0xFFEA46,
    ])

  /// Black to white; used as the backdrop of overlays.
  public static let grays = ColorMap("grays", missing: 0xA9C8E6, through: [0x0B0B0B, 0xF7F7F7])

  /// Blue below zero, red above zero, nearly white in the middle; both sides darken equally.
  public static let diverging = ColorMap(name: "diverging", missing: Color(0xB4B7BB), isDiverging: true) {
    position in
    let distance = abs(position - 0.5) * 2
    // Chroma rises fast and falls towards the ends, because the gamut is smaller for dark colours.
    let chroma = 0.17 * min(1, distance * 1.6) - 0.04 * distance
    return PerceptualColor(
      lightness: 0.975 - 0.56 * distance, chroma: max(0, chroma), hue: position < 0.5 ? 252 : 30)
  }
}
