/// Prepares text for pictures: single lines of printable characters, shortened to the available width.
package enum TextFitting {
  /// Removes characters that would break the line or leave its box: every run of whitespace and control characters
  /// becomes one space, bidirectional control characters are removed, and at most two accents per letter are kept.
  package static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    var marks = 0
    var isBlank = true
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
        if !isBlank { line.append(" ") }
        isBlank = true
        continue
      case .surrogate, .privateUse, .unassigned:
        line.append("\u{FFFD}")
        marks = 0
      case .format:
        // Keep the zero-width joiner of emoji; other format characters are removed.
        guard scalar == "\u{200D}" else { continue }
        line.append(scalar)
      case .nonspacingMark, .enclosingMark:
        marks += 1
        guard marks <= 2 else { continue }
        line.append(scalar)
      default:
        line.append(scalar)
        marks = 0
      }
      isBlank = false
    }
    if isBlank, line.last == " " { line.removeLast() }
    return String(line)
  }

  /// Returns text that fits into a width, shortened with `…` if necessary; empty if nothing fits.
  package static func shortened(_ text: String, to width: Double, size: Double, isBold: Bool = false)
    -> String
  {
    guard StrokeFont.width(of: text, size: size, isBold: isBold) > width else { return text }
    let stretch = size / StrokeFont.unitsPerSize * (isBold ? StrokeFont.boldStretch : 1)
    var rest = width - StrokeFont.glyph("…").advance * stretch
    guard rest >= 0 else { return "" }
    var kept = text.prefix { character in
      rest -= StrokeFont.glyph(character).advance * stretch
      return rest >= 0
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// Breaks text between words into lines that fit into a width; the last line is shortened with `…`.
  package static func lines(
    _ text: String, width: Double, size: Double, isBold: Bool = false, atMost lineCount: Int
  ) -> [String] {
    func fits(_ line: String) -> Bool { StrokeFont.width(of: line, size: size, isBold: isBold) <= width }
    var lines: [String] = []
    var rest = text[...]
    while !rest.isEmpty, lines.count < lineCount - 1, !fits(String(rest)) {
      var line = Substring()
      for end in rest.indices where rest[end] == " " {
        guard fits(String(rest[..<end])) else { break }
        line = rest[..<end]
      }
      guard !line.isEmpty else { break }
      lines.append(String(line))
      rest = rest[line.endIndex...].drop { $0 == " " }
    }
    let last = shortened(String(rest), to: width, size: size, isBold: isBold)
    return last.isEmpty ? lines : lines + [last]
  }
}
