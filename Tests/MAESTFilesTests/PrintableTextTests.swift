import MAESTFiles
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("song.mp3", "song.mp3"), ("Bj\u{F6}rk 日本 🎵 e\u{301}", "Bj\u{F6}rk 日本 🎵 e\u{301}"), ("", ""),
    ("escape\u{1B}[31m.wav", #"escape\x1b[31m.wav"#), ("line\nbreak\r\n.wav", #"line\nbreak\r\n.wav"#),
    ("a\tb\u{0}\u{7}\u{7F}", #"a\tb\x00\x07\x7f"#), ("\u{85}\u{9B}31m", #"\u0085\u009b31m"#),
    ("k\u{EFE4}se\u{EF80}", #"k\xe4se\x80"#), ("a\u{202E}3pm.exe\u{2066}", #"a\u202e3pm.exe\u2066"#),
    ("a\u{2028}b\u{2029}\u{202A}\u{2069}", #"a\u2028b\u2029\u202a\u2069"#),
    // A line break with an accent on it, a joined emoji, marks of direction without an override.
    ("\n\u{301}", "\\n\u{301}"), ("👩\u{200D}🎤\u{200F}", "👩\u{200D}🎤\u{200F}"),
  ])
  func `control characters are shown, others stay`(text: String, expected: String) {
    #expect(text.printable.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(text.printable)")
  }

  @Test func `lines stay lines`() {
    #expect("one\u{1B}\ntwo\n\n\tthree".printableLines == "one\\x1b\ntwo\n\n\\tthree")
  }
}
