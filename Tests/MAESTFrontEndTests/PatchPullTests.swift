import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Samples in pieces of any size, as patches.
@Suite struct PatchPullTests {
  private static func feed(hopSize: Int) throws -> PatchStream {
    let layout = try PatchLayout(patchSize: 316, hopSize: hopSize, lastPatchMode: .discard)
    return PatchStream(layout: layout, extractor: try MelSpectrogramExtractor())
  }

  @Test func enormousPatchesAreNoTrap() throws {
    let most = PatchLayout.patchSizes.upperBound
    let layout = try PatchLayout(patchSize: most, hopSize: most, lastPatchMode: .discard)
    var feed = PatchStream(layout: layout, extractor: try MelSpectrogramExtractor())
    feed.add([Float](repeating: 0, count: 1000)[...])
    #expect(try feed.next() == nil)
    feed.end()
    #expect(
      throws: SignalError.tooShort(sampleCount: 1000, neededSampleCount: 268_434_945, sampleRate: 16000)
    ) { try feed.next() }
    #expect(throws: SignalError.self) { try PatchLayout(patchSize: .max, hopSize: .max) }
  }

  /// However many samples come at once, a patch that was full before a bad sample is not lost.
  @Test(arguments: [(1000, 0), (16384, 0), (240_000, 0), (240_000, 100)])
  func aBadSampleComesAfterThePatchesBeforeIt(chunkLength: Int, hopSize: Int) throws {
    var samples = (0..<240_000).map { Float($0 % 321) / 1000 }
    samples[200_000] = .nan
    var (bad, good) = (try Self.feed(hopSize: hopSize), try Self.feed(hopSize: hopSize))
    good.add(samples[..<200_000])
    var expected: [MelPatch] = []
    while let patch = try good.next() { expected.append(patch) }
    #expect(expected.count >= 2)

    var found: [MelPatch] = []
    let error = #expect(throws: SignalError.self) {
      for first in stride(from: 0, to: samples.count, by: chunkLength) {
        bad.add(samples[first..<min(first + chunkLength, samples.count)])
        while let patch = try bad.next() { found.append(patch) }
      }
    }
    #expect(error == .nonFiniteSample(index: 200_000, time: 12.5))
    #expect(throws: SignalError.nonFiniteSample(index: 200_000, time: 12.5)) { try bad.next() }
    #expect(found.map(\.patch) == expected.map(\.patch))
    #expect(found.map(\.values) == expected.map(\.values))
  }
}
