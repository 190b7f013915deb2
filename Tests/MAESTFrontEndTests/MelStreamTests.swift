import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// The bands of a stream are those of the whole signal, and come as soon as they can.
struct MelStreamTests {
  /// Frames that overlap by half, by more, by less, and not at all.
  static let frontEnds = [
    MelSpectrogramConfiguration.maest,
    MelSpectrogramConfiguration(sampleRate: 44100, frameLength: 1024, hopLength: 100, bandCount: 40),
    MelSpectrogramConfiguration(frameLength: 256, hopLength: 200, bandCount: 16),
    MelSpectrogramConfiguration(frameLength: 64, hopLength: 300, bandCount: 8),
    MelSpectrogramConfiguration(frameLength: 16, hopLength: 1, bandCount: 4),
  ]

  @Test(arguments: frontEnds)
  func everyChunkingGivesTheBitsOfTheWhole(configuration: MelSpectrogramConfiguration) throws {
    let extractor = try MelSpectrogramExtractor(configuration: configuration)
    var generator = Generator(seed: 7)
    for seed in 0..<40 {
      let samples = noise(Int.random(in: 1...4000, using: &generator), seed: UInt64(seed))
      let expected = try extractor.spectrogram(of: samples)
      var stream = MelStream(extractor: extractor)
      // Bands are appended to what is there.
      var bands: [Float] = [5]
      let longest = [1, 10, 300, 5000].randomElement(using: &generator) ?? 1
      for chunk in chunks(samples, longest: longest, seed: UInt64(seed)) {
        try stream.append(chunk, appendingTo: &bands)
      }
      #expect(stream.sampleCount == samples.count)
      try stream.finish(appendingTo: &bands)
      #expect(stream.frameCount == expected.frameCount)
      expectIdentical(bands, [5] + expected.values, "\(samples.count) samples, chunks up to \(longest)")
    }
  }

  @Test func framesComeWithTheirLastSample() throws {
    var stream = MelStream(extractor: try MelSpectrogramExtractor())
    var bands: [Float] = []
    for (index, sample) in noise(3000).enumerated() {
      try stream.append([sample], appendingTo: &bands)
      #expect(stream.frameCount == (index + 1) / 256)
      #expect(bands.count == stream.frameCount * 96)
    }
    try stream.finish(appendingTo: &bands)
    #expect(stream.frameCount == 13)
  }

  @Test func emptyStreamIsRefused() throws {
    var stream = MelStream(extractor: try MelSpectrogramExtractor())
    var bands: [Float] = []
    try stream.append([], appendingTo: &bands)
    #expect(throws: SignalError.noSamples) { try stream.finish(appendingTo: &bands) }
  }

  @Test func badSamplesHaveTheirPlaceInTheSignalAndAreNotTaken() throws {
    var samples = noise(20_000)
    samples[16_004] = .nan
    let extractor = try MelSpectrogramExtractor()
    var stream = MelStream(extractor: extractor)
    var bands: [Float] = []
    try stream.append(samples[..<16_000], appendingTo: &bands)
    #expect(throws: SignalError.nonFiniteSample(index: 16_004, time: 1.00025)) {
      try stream.append(samples[16_000...], appendingTo: &bands)
    }
    #expect(stream.sampleCount == 16_000)
    samples[16_004] = 0
    try stream.append(samples[16_000...], appendingTo: &bands)
    try stream.finish(appendingTo: &bands)
    expectIdentical(bands, try extractor.spectrogram(of: samples).values)
  }
}
