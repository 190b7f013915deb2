/// The font of pictures: what every character looks like where no browser draws it, and how wide it is everywhere.
///
/// Widths are near those of Helvetica and Arial, so that a browser's text fits into the room that is left for it.
package enum StrokeFont {
  /// The pen's width, in eighteenths of the font's size.
  static let penWidth = 1.42
  static let boldPenWidth = 2.15

  /// How much wider bold text runs.
  static let boldStretch = 1.09

  /// How far letters reach above and below the baseline, in sizes of the font.
  static let ascent = 0.88
  static let descent = 0.24

  /// The height of capitals, in sizes of the font: text is centred by it.
  static let capitalHeight = 0.7

  /// The units of a glyph that make the font's size.
  static let unitsPerSize = 18.0

  /// The glyph of a character; of one that is not drawn, the letter without its accents or a hollow box.
  package static func glyph(_ character: Character) -> Glyph {
    if let glyph = glyphs[character] { return glyph }
    guard let scalar = character.unicodeScalars.first else { return Glyph(advance: 0, strokes: []) }
    if character.unicodeScalars.count > 1, let glyph = glyphs[Character(scalar)] { return glyph }
    // Far Eastern signs and emoji are as wide as high.
    return Glyph.box(advance: scalar.value >= 0x1100 ? 18 : 11)
  }

  /// How far text runs, in points.
  package static func width(of text: String, size: Double, isBold: Bool = false) -> Double {
    let units = text.reduce(0) { $0 + glyph($1).advance }
    return units / unitsPerSize * size * (isBold ? boldStretch : 1)
  }

  /// The names of drawn characters.
  package static var characters: some Collection<Character> { glyphs.keys }

  private static let glyphs: [Character: Glyph] = {
    var glyphs: [Character: Glyph] = [" ": Glyph(advance: 5, strokes: [])]
    for table in [GlyphDrawings.letters, GlyphDrawings.others] {
      for (name, glyph) in read(table) {
        glyphs[Character(name)] = glyph
      }
    }
    let accents = Dictionary(uniqueKeysWithValues: read(GlyphDrawings.accents))
    for (accent, letters) in GlyphDrawings.accented {
      for (letter, base) in pairs(letters) {
        glyphs[letter] = accented(
          glyphs[base], accents[accent], isBelow: accent == "cedilla" || accent == "ogonek")
      }
    }
    for (sign, base) in pairs(GlyphDrawings.raised) {
      glyphs[sign] = glyphs[base].map {
        Glyph(advance: $0.advance * 0.62, strokes: $0.strokes(scaledBy: 0.58, x: 0.3, y: 5.6))
      }
    }
    return glyphs
  }()

  private static func read(_ table: String) -> [(name: String, glyph: Glyph)] {
    table.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let glyph = Glyph(drawing: parts[1]) else {
        preconditionFailure("the drawing '\(line)' is no glyph")
      }
      return (String(parts[0]), glyph)
    }
  }

  private static func pairs(_ letters: String) -> [(Character, Character)] {
    let letters = Array(letters)
    return stride(from: 0, to: letters.count - 1, by: 2).map { (letters[$0], letters[$0 + 1]) }
  }

  private static func accented(_ base: Glyph?, _ accent: Glyph?, isBelow: Bool) -> Glyph? {
    guard let base, let accent else { return nil }
    let top = base.strokes.joined().map(\.y).max() ?? 0
    // Capitals leave less room for what is above them.
    let strokes = accent.strokes(
      scaledBy: 1, x: base.advance / 2, y: isBelow ? 0 : top > 9 ? top - 0.3 : top)
    return Glyph(advance: base.advance, strokes: base.strokes + strokes)
  }
}
