internal import Foundation

/// Text and numbers as SVG and HTML need them.
package enum Markup {
  /// Text for an element or an attribute: `& < > " '` as entities, and no character that XML forbids.
  package static func escaped(_ text: String) -> String {
    var result = ""
    result.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\r": result += "\n"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A length with at most two decimals, no more than it needs.
  static func number(_ value: Double) -> String {
    NumberText.fixed(value, decimals: 2, trimsZeros: true)
  }

  /// An image as an address that holds it.
  static func dataAddress(png file: [UInt8]) -> String {
    "data:image/png;base64," + Data(file).base64EncodedString()
  }
}
