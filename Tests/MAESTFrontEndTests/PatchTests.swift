import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct PatchTests {
  private func count(
    _ samples: Int, hop: Int? = nil, size: Int = 316, mode: LastPatchMode = .discard
  ) throws -> Int {
    let layout = try PatchLayout(patchSize: size, hopSize: hop, lastPatchMode: mode)
    return try PatchCutter(layout: layout).patchCount(sampleCount: samples)
  }

  /// Edges measured on the reference.
  @Test(arguments: [(0, 0), (1, 0), (80_384, 0), (80_385, 1), (160_512, 1), (160_513, 2)])
  func discardDropsWhatIsLeft(samples: Int, patches: Int) throws {
    #expect(try count(samples) == patches)
  }

  /// Edges measured on the reference.
  @Test(arguments: [(0, 0), (1, 1), (80_128, 1), (80_384, 1), (80_385, 2), (80_640, 2), (196_800, 3)])
  func repeatMakesOneMore(samples: Int, patches: Int) throws {
    #expect(try count(samples, mode: .repeat) == patches)
  }

  /// One patch of 316 frames, one frame more, two hops and a patch, one frame more.
  @Test(arguments: [
    (0, []), (315, []), (316, [0]), (317, [0, 1]), (629, [0, 313]), (630, [0, 313, 314]),
    (940, [0, 313, 624]),
  ])
  func endMakesOneMoreThatEndsWithTheSignal(frames: Int, starts: [Int]) throws {
    let layout = try PatchLayout(patchSize: 316, lastPatchMode: .end)
    let cutter = try PatchCutter(layout: layout)
    let sampleCount = cutter.frameCutter.sampleCount(frameCount: frames)
    #expect(cutter.patchCount(sampleCount: sampleCount) == starts.count)
    guard !starts.isEmpty else { return }
    let patches = try cutter.patches(sampleCount: sampleCount)
    #expect(patches.map(\.frames) == starts.map { $0..<$0 + 316 })
    #expect(patches.last?.endTime == Double(sampleCount) / 16000)
  }

  @Test func endIsRefusedForLessThanAPatch() throws {
    let cutter = try PatchCutter(layout: try PatchLayout(patchSize: 316, lastPatchMode: .end))
    #expect(
      audioError { try cutter.patches(sampleCount: 80_384) } as? SignalError
        == .tooShort(sampleCount: 80_384, neededSampleCount: 80_385, sampleRate: 16000))
  }

  @Test func hopsMeasuredOnTheReference() throws {
    #expect(try count(160_768, hop: 0) == 1)
    #expect(try count(160_768, hop: 100) == 4)
    #expect(try count(196_800) == 2)
  }

  @Test func noOverlapLeavesNothingOverWhenFull() throws {
    // 632 frames are two patches of 316 and no more.
    #expect(try count(630 * 256 + 1, hop: 0, mode: .repeat) == 2)
    #expect(try count(631 * 256 + 1, hop: 0, mode: .repeat) == 3)
  }

  @Test(arguments: [(316, 313), (626, 625), (1256, 1250), (1876, 1875), (100, 100), (1, 1)])
  func defaultHopFollowsTheSize(size: Int, hop: Int) throws {
    #expect(try PatchLayout(patchSize: size).hopSize == hop)
    #expect(PatchLayout.defaultHopSize(patchSize: size) == hop)
  }

  @Test func givenHopIsObeyed() throws {
    #expect(try PatchLayout(patchSize: 316, hopSize: 200).hopSize == 200)
    #expect(try PatchLayout(patchSize: 316, hopSize: 0).hopSize == 316)
    #expect(try PatchLayout(patchSize: 316, hopSize: 316).hopSize == 316)
  }

  @Test func impossibleLayoutsAreRefused() {
    func error(_ size: Int, _ hop: Int?) -> SignalError? {
      audioError { try PatchLayout(patchSize: size, hopSize: hop) } as? SignalError
    }
    #expect(error(316, 317) == .hopLargerThanPatch(hop: 317, patchSize: 316))
    #expect(error(0, nil) == .invalidPatchSize(0))
    #expect(error(-5, 0) == .invalidPatchSize(-5))
    #expect(error(1 << 20 + 1, 0) == .invalidPatchSize(1 << 20 + 1))
    #expect(error(.max, nil) == .invalidPatchSize(.max) && error(.min, .min) == .invalidPatchSize(.min))
    #expect(error(316, -1) == .invalidPatchHop(-1))
  }

  @Test func patchesHaveTheirFramesAndTimes() throws {
    let layout = try PatchLayout(patchSize: 316, lastPatchMode: .repeat)
    let patches = try PatchCutter(layout: layout).patches(sampleCount: 196_800)
    #expect(patches.map(\.frames) == [0..<316, 313..<629, 626..<770])
    #expect(patches.map(\.index) == [0, 1, 2])
    #expect(patches.map(\.isRepeated) == [false, false, true])
    #expect(patches.map(\.startTime) == [0, 5.008, 10.016])
    #expect(patches.map(\.endTime) == [5.056, 10.064, 12.3])
    #expect([0, 143, 144, 287, 288, 315].map(patches[2].frame) == [626, 769, 626, 769, 626, 653])
  }

  @Test func thirtySecondsWithRepeatEndInOneRepeatedFrame() throws {
    let layout = try PatchLayout(patchSize: 1876, lastPatchMode: .repeat)
    let patches = try PatchCutter(layout: layout).patches(sampleCount: 480_000)
    #expect(patches.map(\.frames) == [0..<1876, 1875..<1876])
    #expect(patches[1].startTime == 30 && patches[1].endTime == 30)
    #expect((0..<1876).allSatisfy { patches[1].frame(at: $0) == 1875 })
  }

  @Test func valuesAreThoseOfTheFrames() throws {
    let values = (0..<10).flatMap { frame in [Float(frame), Float(frame) + 0.5] }
    let spectrogram = MelSpectrogram(frameCount: 10, bandCount: 2, values: values)
    var configuration = MelSpectrogramConfiguration()
    configuration.bandCount = 2
    let layout = try PatchLayout(patchSize: 4, hopSize: 4, lastPatchMode: .repeat)
    let patches = try PatchCutter(layout: layout, configuration: configuration)
      .patches(sampleCount: 9 * 256)
    #expect(patches.count == 3)
    #expect(spectrogram.values(of: patches[1]) == [4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5])
    #expect(spectrogram.values(of: patches[2]) == [8, 8.5, 9, 9.5, 8, 8.5, 9, 9.5])
    let part = MelSpectrogram(frameCount: 4, bandCount: 2, values: Array(values[8..<16]))
    #expect(part.values(of: patches[1], firstFrame: 4) == spectrogram.values(of: patches[1]))
    #expect(spectrogram[frame: 3, band: 1] == 3.5)
  }

  @Test func shortFileIsRefusedUnlessRepeated() throws {
    let signal = try AudioLoader().load(Fixtures.path("audio/short-16k.wav"))
    let discarding = try PatchCutter(layout: try PatchLayout(patchSize: 316))
    let error = audioError { try discarding.patches(sampleCount: signal.samples.count) } as? SignalError
    #expect(error == .tooShort(sampleCount: 32_000, neededSampleCount: 80_385, sampleRate: 16000))
    let repeating = try PatchCutter(layout: try PatchLayout(patchSize: 316, lastPatchMode: .repeat))
    let patches = try repeating.patches(sampleCount: signal.samples.count)
    let spectrogram = try MelSpectrogramExtractor().spectrogram(of: signal)
    #expect(patches.count == 1 && patches[0].frames == 0..<126)
    let values = spectrogram.values(of: patches[0])
    #expect(values.count == 316 * 96)
    expectIdentical(Array(values[126 * 96..<252 * 96]), Array(values[..<(126 * 96)]))
  }

  @Test func enormousNumbersAreNoTrap() throws {
    let most = PatchLayout.patchSizes.upperBound
    let layout = try PatchLayout(patchSize: most, hopSize: most, lastPatchMode: .repeat)
    let cutter = try PatchCutter(layout: layout)
    #expect(cutter.neededSampleCount == 268_434_945)
    #expect(cutter.patchCount(sampleCount: .max) == (1 << 35) + 1)
    #expect(try cutter.patches(sampleCount: 1000).count == 1)
    let frames = try MelSpectrogramConfiguration(frameLength: 4, hopLength: 1).frameCutter
    #expect(frames.frameCount(sampleCount: .max) == .max)
    #expect(frames.frameCount(sampleCount: .max - 1) == .max)
    #expect(frames.frameCount(sampleCount: .max - 2) == .max - 1)
  }

  @Test func noSamplesNoPatches() throws {
    let cutter = try PatchCutter(layout: try PatchLayout(patchSize: 316, lastPatchMode: .repeat))
    #expect(audioError { try cutter.patches(sampleCount: 0) } as? SignalError == .noSamples)
  }
}
