import Foundation
import MAESTPictures
import Testing

@Suite struct ColorTests {
  static let rising: [ColorMap] = [.viridis, .magma, .cividis, .grays]

  private func lightness(_ color: Color) -> Double { PerceptualColor(color).lightness }

  private func distance(_ a: Color, _ b: Color) -> Double {
    let (a, b) = (PerceptualColor(a), PerceptualColor(b))
    return
      (pow(a.lightness - b.lightness, 2) + pow(a.greenRed - b.greenRed, 2)
      + pow(a.blueYellow - b.blueYellow, 2))
      .squareRoot()
  }

  /// The contrast of two colours: WCAG 2, from 1 to 21.
  private func contrast(_ a: Color, _ b: Color) -> Double {
    func luminance(_ color: Color) -> Double {
      func light(_ channel: UInt8) -> Double {
        let value = Double(channel) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * light(color.red) + 0.7152 * light(color.green) + 0.0722 * light(color.blue)
    }
    let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
  }

  @Test(arguments: rising) func mapsGrowLighterToTheEnd(map: ColorMap) {
    // Over ten levels, for one level can be less than what eight bits resolve.
    let levels = stride(from: 0, to: map.colors.count, by: 10).map { lightness(map.colors[$0]) }
    for (lower, higher) in zip(levels, levels.dropFirst()) {
      #expect(higher > lower + 0.01, "\(map.name)")
    }
  }

  @Test(arguments: rising) func mapsChangeEvenly(map: ColorMap) {
    let steps = stride(from: 0, to: map.colors.count - 14, by: 14).map {
      distance(map.colors[$0], map.colors[$0 + 14])
    }
    let mean = steps.reduce(0, +) / Double(steps.count)
    for step in steps {
      #expect(step > 0.6 * mean && step < 1.7 * mean, "\(map.name): \(step) of a mean of \(mean)")
    }
  }

  @Test func aDivergingMapDarkensAlikeOnBothSides() {
    let colors = ColorMap.diverging.colors
    for (low, high) in zip(colors, colors.reversed()).prefix(colors.count / 2) {
      #expect(abs(lightness(low) - lightness(high)) < 0.035)
    }
    let side = stride(from: colors.count / 2, to: colors.count, by: 8).map { lightness(colors[$0]) }
    for (lighter, darker) in zip(side, side.dropFirst()) {
      #expect(darker < lighter - 0.01)
    }
    let middle = colors[colors.count / 2]
    #expect(middle.red == middle.green && middle.green == middle.blue && middle.red > 240)
    #expect(colors[0].blue > colors[0].red && colors[colors.count - 1].red > colors[colors.count - 1].blue)
  }

  @Test(arguments: rising + [.diverging]) func missingValuesLookLikeNoOther(map: ColorMap) {
    #expect(map.color(at: .nan) == map.missing)
    let nearest = map.colors.map { distance($0, map.missing) }.min() ?? 0
    #expect(nearest > 0.045, "\(map.name): \(nearest)")
  }

  @Test func valuesBeyondTheScaleTakeItsEnds() {
    let map = ColorMap.viridis
    #expect(map.color(at: -1) == map.colors.first)
    #expect(map.color(at: -.infinity) == map.colors.first)
    #expect(map.color(at: 7) == map.colors.last)
    #expect(map.color(at: .infinity) == map.colors.last)
    #expect(map.color(at: 0.5) == map.colors[100])
  }

  @Test func perceptualColorsComeBack() {
    for color in [Color(0x000000), Color(0xFFFFFF), Color(0x12AB9F), Color(0xFF0000), Color(0x0103F2)] {
      #expect(PerceptualColor(color).color == color)
    }
  }

  @Test func hexadecimal() {
    #expect(Color(0x00A1FF) == Color(red: 0, green: 161, blue: 255))
    #expect(Color(0x00A1FF).description == "#00a1ff")
  }

  @Test func curvesAreSeenOnLightAndDarkPages() {
    for color in CurveStyle.colors {
      #expect(contrast(color, Color(0xFFFFFF)) >= 3, "\(color) on white")
      #expect(contrast(color, Color(0x15181C)) >= 3, "\(color) on a dark page")
    }
  }

  @Test func twentyEightCurvesDiffer() {
    let styles = (0..<28).map(CurveStyle.init(index:))
    for (index, style) in styles.enumerated() {
      #expect(!styles.dropFirst(index + 1).contains(style), "curve \(index)")
    }
  }
}
