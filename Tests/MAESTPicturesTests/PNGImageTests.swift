import MAESTPictures
import Testing

@Suite struct PNGImageTests {
  /// Pixels of many colours, from a generator of its own.
  private func noise(width: Int, height: Int, levels: Int) throws -> PNGImage {
    var state: UInt32 = 7
    let bytes = (0..<width * height * 3).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8((Int(state >> 24) * levels / 256) * 255 / max(1, levels - 1))
    }
    return try PNGImage(width: width, height: height, bytes: bytes)
  }

  @Test(arguments: [(1, 1), (1, 300), (300, 1), (7, 5), (64, 33)], [2, 6, 7, 256])
  func pixelsSurviveTheFile(size: (Int, Int), levels: Int) throws {
    // 6 levels a channel are 216 colours and get a palette, 7 are 343 and get none.
    let image = try noise(width: size.0, height: size.1, levels: levels)
    #expect(try PNGImage(decoding: image.encoded()) == image)
  }

  @Test func fewColorsTakeAPalette() throws {
    func kind(_ image: PNGImage) throws -> UInt8 { try image.encoded()[25] }
    #expect(try kind(noise(width: 40, height: 40, levels: 6)) == 3)
    #expect(try kind(noise(width: 40, height: 40, levels: 7)) == 2)
  }

  @Test func twoHundredAndFiftySixColorsAreTheMostOfAPalette() throws {
    for (colorCount, kind) in [(256, 3), (257, 2)] {
      let bytes = (0..<colorCount).flatMap { (place: Int) -> [UInt8] in
        [UInt8(place % 256), UInt8(place / 256), 9]
      }
      let image = try PNGImage(width: colorCount, height: 1, bytes: bytes)
      let file = try image.encoded()
      #expect(Int(file[25]) == kind)
      #expect(try PNGImage(decoding: file) == image)
    }
  }

  @Test func theSamePixelsGiveTheSameBytes() throws {
    let image = try noise(width: 50, height: 20, levels: 256)
    #expect(try image.encoded() == image.encoded())
  }

  @Test func sizesAndBytesMustFit() {
    #expect(throws: PictureError.wrongValueCount(rows: 2, columns: 9, found: 17)) {
      try PNGImage(width: 3, height: 2, bytes: [UInt8](repeating: 0, count: 17))
    }
    #expect(throws: PictureError.invalidSize(width: 0, height: 2, allowed: 1...32768)) {
      try PNGImage(width: 0, height: 2, bytes: [])
    }
    #expect(throws: PictureError.invalidSize(width: 1, height: 32769, allowed: 1...32768)) {
      try PNGImage(width: 1, height: 32769, bytes: [])
    }
  }

  @Test func damagedFilesAreRefused() throws {
    let file = try noise(width: 20, height: 20, levels: 256).encoded()
    for damaged in [
      [], [1, 2, 3], Array(file.prefix(40)), Array(file.dropLast(200)), Array(file.dropFirst()),
    ] {
      #expect {
        try PNGImage(decoding: damaged)
      } throws: { error in
        guard case PictureError.notDecoded(damaged.count, let reason)? = error as? PictureError else {
          return false
        }
        return !reason.isEmpty
      }
    }
  }
}
