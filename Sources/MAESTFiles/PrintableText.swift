extension String {
  /// The text for a person's terminal, on one line: control characters, line separators and characters that change the
  /// direction of text are escaped, as `\n`, `\x1b`, `\u0085` or `\u202e`. The characters of `PathBytes` that stand for
  /// bytes are escaped as the bytes, `\xe4`.
  package var printable: String {
    guard unicodeScalars.contains(where: { Self.escape(of: $0) != nil }) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if let escape = Self.escape(of: scalar) {
        text += escape
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// As ``printable``, for text of several lines, which stay lines.
  package var printableLines: String {
    utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self).printable }.joined(separator: "\n")
  }

  private static func escape(of scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0x00..<0x20, 0x7F: "\\x" + hexadecimal(scalar.value, digits: 2)
    // Bytes that are not UTF-8.
    case 0xEF80...0xEFFF: "\\x" + hexadecimal(scalar.value & 0xFF, digits: 2)
    // Control characters of ISO 6429, line and paragraph separators, embeddings, overrides and isolates.
    case 0x80..<0xA0, 0x2028...0x202E, 0x2066...0x2069: "\\u" + hexadecimal(scalar.value, digits: 4)
    default: nil
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}
