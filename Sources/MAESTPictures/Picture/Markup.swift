internal import Foundation

/// Formats text and numbers for SVG and HTML.
package enum Markup {
  /// Escapes text for an element or an attribute: `& < > " '` become entities, and characters that XML forbids are
  /// removed.
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

  /// Formats a length with at most two decimals, without trailing zeros.
  static func number(_ value: Double) -> String {
    NumberText.fixed(value, decimals: 2, trimsZeros: true)
  }

  /// Returns a data URL with an image.
  static func dataAddress(png file: [UInt8]) -> String {
    "data:image/png;base64," + Data(file).base64EncodedString()
  }
}
