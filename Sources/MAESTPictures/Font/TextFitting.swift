/// Text as pictures take it: on one line, of printable characters, cut to the room that there is.
package enum TextFitting {
  /// Text without what would leave its line or its box: every run of blanks and control characters becomes one
  /// space, marks that turn the writing direction go, and no letter keeps more than two accents.
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
        // The joiner of emoji; all others steer what is not seen.
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

  /// Text that runs no farther than a width, its end replaced by `…` where it would; empty where nothing fits.
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

  /// Text on lines no wider than a width, broken between words, the last line cut with `…`.
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
