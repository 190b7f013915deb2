import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// The patches of a stream are those of the whole signal bit for bit, and come as soon as they can.
struct PatchStreamTests {
  private let extractor: MelSpectrogramExtractor

  init() throws {
    extractor = try MelSpectrogramExtractor()
  }

  private func wholePatches(
    _ samples: [Float], _ layout: PatchLayout, _ extractor: MelSpectrogramExtractor
  ) throws -> [(patch: Patch, values: [Float])] {
    let patches = try PatchCutter(layout: layout, configuration: extractor.configuration)
      .patches(sampleCount: samples.count)
    let spectrogram = try extractor.spectrogram(of: samples)
    return patches.map { ($0, spectrogram.values(of: $0)) }
  }

  private func streamedPatches(
    _ chunks: [ArraySlice<Float>], _ layout: PatchLayout, _ extractor: MelSpectrogramExtractor
  ) throws -> [MelPatch] {
    var stream = PatchStream(layout: layout, extractor: extractor)
    var patches: [MelPatch] = []
    for chunk in chunks { patches += try stream.append(chunk) }
    return patches + (try stream.finish())
  }

  /// Both paths give the same patches or the same error.
  private func compare(
    _ samples: [Float], _ chunks: [ArraySlice<Float>], _ layout: PatchLayout,
    _ extractor: MelSpectrogramExtractor, _ what: String
  ) {
    let expected = Result { try wholePatches(samples, layout, extractor) }
    let found = Result { try streamedPatches(chunks, layout, extractor) }
    switch (found, expected) {
    case (.success(let found), .success(let expected)):
      #expect(found.map(\.patch) == expected.map(\.patch), "\(what)")
      for (a, b) in zip(found, expected) {
        expectIdentical(a.values, b.values, "\(what), patch \(b.patch.index)")
        #expect(a.bandCount == extractor.configuration.bandCount)
      }
    case (.failure(let found), .failure(let expected)):
      #expect(found as? SignalError == expected as? SignalError, "\(what)")
    default:
      Issue.record("\(what): \(found), expected \(expected)")
    }
  }

  @Test(arguments: MelStreamTests.frontEnds)
  func smallPatchesOfEveryFrontEnd(configuration: MelSpectrogramConfiguration) throws {
    let extractor = try MelSpectrogramExtractor(configuration: configuration)
    var generator = Generator(seed: 3)
    for seed in 0..<120 {
      let size = Int.random(in: 1...9, using: &generator)
      let hop = Int.random(in: 0...size, using: &generator)
      let mode = LastPatchMode.allCases[seed % LastPatchMode.allCases.count]
      let layout = try PatchLayout(patchSize: size, hopSize: hop, lastPatchMode: mode)
      let length = Int.random(in: 1...12 * configuration.hopLength, using: &generator)
      let samples = noise(length, seed: UInt64(seed))
      let longest = Int.random(in: 1...4 * configuration.hopLength, using: &generator)
      compare(
        samples, chunks(samples, longest: longest, seed: UInt64(seed)), layout, extractor,
        "\(length) samples, chunks up to \(longest), size \(size), hop \(hop), \(mode)")
    }
  }

  @Test(arguments: [0, 100, 313, 316], LastPatchMode.allCases)
  func modelsOwnPatches(hop: Int, mode: LastPatchMode) throws {
    let layout = try PatchLayout(patchSize: 316, hopSize: hop, lastPatchMode: mode)
    var generator = Generator(seed: UInt64(hop))
    for seed in 0..<6 {
      let samples = noise(Int.random(in: 1...260_000, using: &generator), seed: UInt64(seed))
      let longest = [100, 16_000, 300_000].randomElement(using: &generator) ?? 1
      compare(
        samples, chunks(samples, longest: longest, seed: UInt64(seed)), layout, extractor,
        "\(samples.count) samples, chunks up to \(longest)")
    }
  }

  /// Edges measured on the reference: samples, hop, patches without and with repetition.
  static let edges: [(samples: Int, hop: Int, discarded: Int, repeated: Int)] = [
    (1, 313, 0, 1), (80_128, 313, 0, 1), (80_384, 313, 0, 1), (80_385, 313, 1, 2), (80_640, 313, 1, 2),
    (160_512, 313, 1, 2), (160_513, 313, 2, 3), (160_768, 0, 1, 2), (160_768, 316, 1, 2),
    (160_768, 100, 4, 5),
  ]

  @Test(arguments: edges)
  func edgesOfTheReference(edge: (samples: Int, hop: Int, discarded: Int, repeated: Int)) throws {
    let samples = noise(edge.samples)
    for (mode, count) in [(LastPatchMode.discard, edge.discarded), (.repeat, edge.repeated)] {
      let layout = try PatchLayout(patchSize: 316, hopSize: edge.hop, lastPatchMode: mode)
      let cutter = try PatchCutter(layout: layout)
      #expect(cutter.patchCount(sampleCount: edge.samples) == count)
      let found = try? streamedPatches(chunks(samples, longest: 5000, seed: 1), layout, extractor)
      #expect(found?.count ?? 0 == count)
      compare(samples, [samples[...]], layout, extractor, "\(edge) in one chunk")
    }
  }

  @Test func patchesComeWithTheLastSampleOfTheirLastFrame() throws {
    let layout = try PatchLayout(patchSize: 316)
    var stream = PatchStream(layout: layout, extractor: extractor)
    let samples = noise(200_000)
    #expect(try stream.append(samples[..<80_895]).isEmpty)
    let first = try stream.append(samples[80_895..<80_896])
    #expect(first.map(\.patch.frames) == [0..<316])
    #expect(try stream.append(samples[80_896..<161_023]).isEmpty)
    let second = try stream.append(samples[161_023...])
    #expect(second.map(\.patch.frames) == [313..<629])
    #expect(stream.sampleCount == 200_000)
    #expect(try stream.finish().isEmpty)
  }

  @Test func streamWithoutPatchIsRefused() throws {
    let layout = try PatchLayout(patchSize: 316)
    var empty = PatchStream(layout: layout, extractor: extractor)
    #expect(throws: SignalError.noSamples) { try empty.finish() }
    var short = PatchStream(layout: layout, extractor: extractor)
    #expect(try short.append(noise(32_000)[...]).isEmpty)
    #expect(throws: SignalError.tooShort(sampleCount: 32_000, neededSampleCount: 80_385, sampleRate: 16000)) {
      try short.finish()
    }
  }

  @Test func badSamplesHaveTheirPlaceInTheSignal() throws {
    var samples = noise(100_000)
    samples[90_000] = -2e12
    var stream = PatchStream(layout: try PatchLayout(patchSize: 316), extractor: extractor)
    #expect(try stream.append(samples[..<80_000]).isEmpty)
    #expect(throws: SignalError.sampleOutOfRange(index: 90_000, time: 5.625, value: -2e12, limit: 1e12)) {
      try stream.append(samples[80_000...])
    }
    #expect(stream.sampleCount == 90_000)
  }
}
