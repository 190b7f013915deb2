/// An sRGB colour with 8 bits per channel.
public struct Color: Sendable, Hashable {
  public let red: UInt8
  public let green: UInt8
  public let blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Creates a colour from the CSS form `0xRRGGBB`.
  public init(_ hexadecimal: UInt32) {
    red = UInt8(hexadecimal >> 16 & 0xFF)
    green = UInt8(hexadecimal >> 8 & 0xFF)
    blue = UInt8(hexadecimal & 0xFF)
  }

  /// `#rrggbb`.
  public var description: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Returns this colour covered by another one.
  ///
  /// - Parameters:
  ///   - opacity: opacity of the upper colour, from 0 (this colour) to 1 (the other one).
  func covered(by other: Color, opacity: Double) -> Color {
    func mix(_ lower: UInt8, _ upper: UInt8) -> UInt8 {
      UInt8((Double(lower) + (Double(upper) - Double(lower)) * min(max(opacity, 0), 1)).rounded())
    }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}

extension Color: CustomStringConvertible {}
