import MAESTPictures
import Testing

@Suite struct FontTests {
  static let ascii = (32...126).compactMap { UnicodeScalar($0).map(Character.init) }
  static let latin = (0xA1...0xFF).compactMap { UnicodeScalar($0).map(Character.init) }

  @Test func everyAsciiCharacterAndEveryLetterOfLatin1IsDrawn() {
    let letters = Self.latin.filter { $0.isLetter }
    #expect(letters.count > 60)
    for character in Self.ascii + letters {
      let glyph = StrokeFont.glyph(character)
      #expect(glyph != Glyph.box(advance: glyph.advance), "\(character)")
      #expect(character == " " || !glyph.strokes.isEmpty, "\(character)")
    }
  }

  @Test func charactersLookDifferent() {
    let drawn = Self.ascii + Self.latin.filter { $0.isLetter && $0 != "µ" }
    for (index, character) in drawn.enumerated() {
      let glyph = StrokeFont.glyph(character)
      for other in drawn.dropFirst(index + 1) {
        #expect(StrokeFont.glyph(other) != glyph, "\(character) and \(other)")
      }
    }
  }

  @Test func glyphsStayInTheirBoxes() {
    let (top, bottom) = (18 * 0.88, -18 * 0.24)
    for character in StrokeFont.characters {
      let glyph = StrokeFont.glyph(character)
      for point in glyph.strokes.joined() {
        #expect(point.x >= -0.6 && point.x <= glyph.advance + 0.6, "\(character) at \(point)")
        #expect(point.y <= top && point.y >= bottom + 0.05, "\(character) at \(point)")
      }
    }
  }

  @Test func unknownCharactersAreBoxesAndAccentsOnTopAreLeftOut() {
    #expect(StrokeFont.glyph("漢") == Glyph.box(advance: 18))
    #expect(StrokeFont.glyph("🎧") == Glyph.box(advance: 18))
    #expect(StrokeFont.glyph("ж") == Glyph.box(advance: 11))
    #expect(StrokeFont.glyph("e\u{301}") == StrokeFont.glyph("é"))
    #expect(StrokeFont.glyph("q\u{301}") == StrokeFont.glyph("q"))
  }

  @Test func drawings() throws {
    let glyph = try #require(Glyph(drawing: "10 m1 2 l3 -.5 m0 0 h4 4"))
    #expect(glyph.advance == 10)
    #expect(glyph.strokes.count == 2)
    #expect(glyph.strokes[0] == [Point(x: 1, y: 2), Point(x: 3, y: -0.5)])
    #expect(glyph.strokes[1].last == Point(x: 4, y: 4))
    // A quarter of an oval that starts level stays below the straight line.
    #expect(glyph.strokes[1].dropFirst().dropLast().allSatisfy { $0.x > $0.y })
    for wrong in ["", "x m1 2", "10 m1", "10 m1 2 l3", "10 z1 2", "10 m1 2 c1 2 3 4", "10 m1 two"] {
      #expect(Glyph(drawing: Substring(wrong)) == nil, "\(wrong)")
    }
  }

  @Test func textKeepsToItsLine() {
    #expect(TextFitting.line("  a\n\t b\u{0}c \u{2028}") == "a b c")
    #expect(TextFitting.line("a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}") == "abcd")
    #expect(TextFitting.line("e\u{301}\u{302}\u{303}\u{304}") == "e\u{301}\u{302}")
    #expect(TextFitting.line("👩‍👧") == "👩‍👧")
    #expect(TextFitting.line("a\u{A0}b") == "a b")
    #expect(TextFitting.line("\u{E000}") == "\u{FFFD}")
    #expect(TextFitting.line(" \n ") == "")
  }

  @Test func textIsCutToItsRoom() {
    let name = "Electronic---Drum n Bass"
    let width = StrokeFont.width(of: name, size: 11)
    #expect(TextFitting.shortened(name, to: width, size: 11) == name)
    for part in stride(from: 0.0, to: 1, by: 0.05) {
      let short = TextFitting.shortened(name, to: width * part, size: 11)
      #expect(StrokeFont.width(of: short, size: 11) <= width * part)
      #expect(short.isEmpty || short.hasSuffix("…") && name.hasPrefix(short.dropLast()))
    }
  }

  @Test func textBreaksBetweenWords() {
    let lines = TextFitting.lines("one two three four", width: 60, size: 12, atMost: 3)
    #expect(lines.joined(separator: " ") == "one two three four")
    #expect(lines.count == 2)
    let cut = TextFitting.lines("one two three four five six seven", width: 60, size: 12, atMost: 2)
    #expect(cut.count == 2 && cut[1].hasSuffix("…"))
    #expect(TextFitting.lines("", width: 60, size: 12, atMost: 2).isEmpty)
    let solid = TextFitting.lines(String(repeating: "x", count: 99), width: 60, size: 12, atMost: 2)
    #expect(solid.count == 1 && solid[0].hasSuffix("…"))
  }
}
