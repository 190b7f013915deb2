import MAESTTensor
import Testing

/// Paths as text: every sequence of bytes comes back, and ordinary names are written as they are.
@Suite struct PathBytesTests {
  /// Checks that the bytes come back from their text, and the text from its bytes.
  private func expectRoundTrip(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    let text = PathBytes.text(bytes)
    #expect(
      PathBytes.bytes(text) == bytes, "\(bytes) as \(text.unicodeScalars)", sourceLocation: sourceLocation)
    let again = PathBytes.text(PathBytes.bytes(text))
    #expect(again.utf8.elementsEqual(text.utf8), "\(bytes)", sourceLocation: sourceLocation)
    PathBytes.withPath(text) { pointer in
      let found = bytes.indices.map { UInt8(bitPattern: pointer[$0]) }
      #expect(found == bytes && pointer[bytes.count] == 0, sourceLocation: sourceLocation)
    }
  }

  @Test func `names in UTF-8 are written as they are`() {
    for name in [
      "", "song.mp3", "Bj\u{F6}rk", "e\u{301}", "日本語/曲.flac", "🎵", "\u{E000}\u{EF7F}\u{F000}", "a\nb",
    ] {
      #expect(PathBytes.text(Array(name.utf8)).utf8.elementsEqual(name.utf8))
      #expect(PathBytes.bytes(name) == Array(name.utf8))
      expectRoundTrip(Array(name.utf8))
    }
  }

  @Test func `a byte that is not UTF-8 is one character of the private use area`() {
    #expect(PathBytes.text([0x78, 0xE4, 0x2E]) == "x\u{EFE4}.")
    #expect(PathBytes.bytes("x\u{EFE4}.") == [0x78, 0xE4, 0x2E])
  }

  @Test func `all single bytes and all pairs come back`() {
    for first in UInt8.min...UInt8.max {
      expectRoundTrip([first])
      for second in UInt8.min...UInt8.max where first >= 0x80 || second >= 0x80 {
        expectRoundTrip([first, second])
      }
    }
  }

  @Test func `characters that stand for bytes come back when they are in a name themselves`() {
    for value in UInt32(0xEF7E)...0xF001 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array("a\(scalar)b".utf8)
      expectRoundTrip(bytes)
      let stands = (0xEF80...0xEFFF).contains(value)
      #expect(PathBytes.text(bytes).unicodeScalars.count == (stands ? 5 : 3))
    }
  }

  @Test(
    arguments: [
      // Overlong forms of a slash and a zero.
      [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xC0, 0x80],
      // Surrogates, alone and as a pair.
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB0, 0x80],
      // Beyond U+10FFFF, and lengths that UTF-8 no longer has.
      [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF, 0xFE],
      // Cut short, and continued without a beginning.
      [0xE6, 0x97], [0xF0, 0x9F, 0x8E], [0x80], [0x61, 0xE6, 0x97, 0x62],
    ] as [[UInt8]])
  func `what only looks like UTF-8 comes back, byte by byte`(bytes: [UInt8]) {
    expectRoundTrip(bytes)
    let count = bytes.count { $0 >= 0x80 }
    #expect(PathBytes.text(bytes).unicodeScalars.count { (0xEF80...0xEFFF).contains($0.value) } == count)
  }

  @Test func `random bytes come back, and a path is the text of its names`() {
    var state: UInt64 = 1
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    // Bytes that often begin or continue a character, and those of U+EF80 ... U+EFFF.
    let frequent: [UInt8] = [0x2F, 0x61, 0x80, 0xBE, 0xBF, 0xC3, 0xE2, 0xED, 0xEE, 0xEF, 0xF0]
    for _ in 0..<20_000 {
      let bytes = (0..<Int(next() % 12)).map { _ in
        next() % 3 == 0 ? next() : frequent[Int(next()) % frequent.count]
      }
      expectRoundTrip(bytes)
      let names = bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
      let joined = names.map { PathBytes.text($0) }.joined(separator: "/")
      #expect(joined.utf8.elementsEqual(PathBytes.text(bytes).utf8))
    }
  }
}
