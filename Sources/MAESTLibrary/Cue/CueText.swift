import Foundation

/// The text of a CUE sheet.
enum CueText {
  /// Decodes UTF-8, with or without a byte order mark; anything else as Windows-1252.
  static func decode(_ bytes: Data) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let rest = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes
    if let text = String(validating: rest, as: UTF8.self) { return text }
    var text = ""
    for byte in rest { text.unicodeScalars.append(scalar(byte)) }
    return text
  }

  /// The characters of the bytes 0x80 to 0x9F; as in Latin-1 where Windows-1252 has none.
  private static let windows: [Unicode.Scalar] = [
    "\u{20AC}", "\u{81}", "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
    "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8D}", "\u{17D}", "\u{8F}",
    "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
    "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", "\u{9D}", "\u{17E}", "\u{178}",
  ]

  private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
    (0x80...0x9F).contains(byte) ? windows[Int(byte) - 0x80] : Unicode.Scalar(byte)
  }
}
