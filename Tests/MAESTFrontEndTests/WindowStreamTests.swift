import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Chosen windows are the patches of hop 1 at their frames, bit for bit, and what lies between is not computed.
struct WindowStreamTests {
  private func streamed(
    _ samples: [Float], _ cutter: PatchCutter, _ extractor: MelSpectrogramExtractor, longest: Int,
    seed: UInt64
  ) throws -> [MelPatch] {
    var stream = PatchStream(cutter: cutter, extractor: extractor)
    var patches: [MelPatch] = []
    for chunk in chunks(samples, longest: longest, seed: seed) { patches += try stream.append(chunk) }
    return patches + (try stream.finish())
  }

  @Test(arguments: MelStreamTests.frontEnds)
  func windowsArePatchesOfHopOne(configuration: MelSpectrogramConfiguration) throws {
    let extractor = try MelSpectrogramExtractor(configuration: configuration)
    var random = Generator(seed: 11)
    for seed in 0..<60 {
      let size = Int.random(in: 1...9, using: &random)
      let length = Int.random(
        in: size * configuration.hopLength...60 * configuration.hopLength, using: &random)
      let samples = noise(length, seed: UInt64(seed))
      let selections: [WindowSelection] = [
        .evenlySpaced(Int.random(in: 1...12, using: &random)),
        .at((0..<4).map { _ in Double.random(in: 0...1, using: &random) }),
      ]
      let everyFrame = try PatchCutter(
        layout: try PatchLayout(patchSize: size, hopSize: 1), configuration: configuration)
      let all = try streamed(samples, everyFrame, extractor, longest: 5000, seed: 1)
      for selection in selections {
        let layout = try WindowLayout(selection, patchSize: size, configuration: configuration)
        let cutter = try layout.cutter(trackSampleCount: length)
        let longest = Int.random(in: 1...20 * configuration.hopLength, using: &random)
        let found = try streamed(samples, cutter, extractor, longest: longest, seed: UInt64(seed))
        #expect(try found.map(\.patch) == cutter.patches(sampleCount: length))
        #expect(!found.isEmpty)
        for window in found {
          let expected = all[window.patch.frames.lowerBound]
          #expect(window.patch.frames == expected.patch.frames)
          #expect(window.patch.startTime == expected.patch.startTime)
          #expect(window.patch.endTime == expected.patch.endTime)
          expectIdentical(window.values, expected.values, "\(selection), frames \(window.patch.frames)")
        }
      }
    }
  }

  /// A bad sample after the last window is not looked at; nothing is kept after it.
  @Test func windowsEndTheStream() throws {
    let extractor = try MelSpectrogramExtractor()
    let layout = try WindowLayout(.at([0.2]), patchSize: 316, configuration: .maest)
    var stream = PatchStream(
      cutter: try layout.cutter(trackSampleCount: 1_600_000), extractor: extractor)
    let samples = noise(500_000)
    let patches = try stream.append(samples[...])
    #expect(patches.map(\.patch.frames) == [1092..<1408])
    #expect(stream.hasEnded)
    #expect(try stream.append(samples[...]).isEmpty)
    #expect(try stream.finish().isEmpty)
  }

  @Test func framesBetweenWindowsAreSkipped() throws {
    let extractor = try MelSpectrogramExtractor()
    let samples = noise(100_000)
    var whole = MelStream(extractor: extractor)
    var (bands, expected): ([Float], [Float]) = ([], [])
    try whole.append(samples[...], appendingTo: &expected)
    try whole.finish(appendingTo: &expected)
    var stream = MelStream(extractor: extractor)
    stream.skip(toFrame: 100)
    try stream.append(samples[..<60_000], appendingTo: &bands)
    expectIdentical(bands, Array(expected[100 * 96..<stream.frameCount * 96]), "from frame 100")
    bands = []
    stream.skip(toFrame: 300)
    try stream.append(samples[60_000...], appendingTo: &bands)
    try stream.finish(appendingTo: &bands)
    expectIdentical(bands, Array(expected[(300 * 96)...]), "from frame 300")
  }

  @Test func anotherLengthThanChosenForIsRefused() throws {
    let extractor = try MelSpectrogramExtractor()
    let layout = try WindowLayout(.evenlySpaced(2), patchSize: 316, configuration: .maest)
    for length in [90_000, 199_999, 0] {
      var stream = PatchStream(cutter: try layout.cutter(trackSampleCount: 200_000), extractor: extractor)
      _ = try stream.append(noise(length)[...])
      #expect(throws: SignalError.lengthChanged(found: length, expected: 200_000)) { try stream.finish() }
    }
  }
}
