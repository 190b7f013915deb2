/// The font of pictures: the shapes of characters if no browser renders them, and their widths in all cases.
///
/// The widths are close to those of Helvetica and Arial, so that text rendered by a browser fits into the reserved
/// space.
package enum StrokeFont {
  /// The pen's width, in eighteenths of the font size.
  static let penWidth = 1.42
  static let boldPenWidth = 2.15

  /// Ratio of the width of bold text to regular text.
  static let boldStretch = 1.09

  /// Extent of letters above and below the baseline, relative to the font size.
  static let ascent = 0.88
  static let descent = 0.24

  /// Height of capital letters relative to the font size; used for vertical centring.
  static let capitalHeight = 0.7

  /// Glyph units per font size.
  static let unitsPerSize = 18.0

  /// Returns the glyph of a character; if there is none, the letter without its accents, or a hollow box.
  package static func glyph(_ character: Character) -> Glyph {
    if let glyph = glyphs[character] { return glyph }
    guard let scalar = character.unicodeScalars.first else { return Glyph(advance: 0, strokes: []) }
    if character.unicodeScalars.count > 1, let glyph = glyphs[Character(scalar)] { return glyph }
    // East Asian characters and emoji are as wide as they are high.
    return Glyph.box(advance: scalar.value >= 0x1100 ? 18 : 11)
  }

  /// Returns the width of text in points.
  package static func width(of text: String, size: Double, isBold: Bool = false) -> Double {
    let units = text.reduce(0) { $0 + glyph($1).advance }
    return units / unitsPerSize * size * (isBold ? boldStretch : 1)
  }

  /// The characters that have a drawing.
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
    // Capital letters leave less room for accents.
    let strokes = accent.strokes(
      scaledBy: 1, x: base.advance / 2, y: isBelow ? 0 : top > 9 ? top - 0.3 : top)
    return Glyph(advance: base.advance, strokes: base.strokes + strokes)
  }
}
