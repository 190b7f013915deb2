import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Samples that are pushed become what a loader gives for a file of them.
struct SignalStreamTests {
  private func streamed(
    _ samples: [Float], sampleRate: Int, channelCount: Int, loader: AudioLoader, longest: Int
  ) throws -> [Float] {
    var stream = try SignalStream(
      sampleRate: sampleRate, channelCount: channelCount, to: loader.sampleRate, downmix: loader.downmix,
      quality: loader.resampleQuality)
    var output: [Float] = []
    for chunk in chunks(samples, longest: longest, seed: UInt64(longest)) {
      try stream.append(chunk, appendingTo: &output)
    }
    try stream.finish(appendingTo: &output)
    #expect(stream.frameCount == samples.count / channelCount)
    return output
  }

  @Test(arguments: ResampleQuality.allCases, [1, 2, 3, 8])
  func everyChunkingGivesTheLoadersBits(quality: ResampleQuality, channelCount: Int) throws {
    let folder = try TemporaryFolder()
    let samples = noise(channelCount * 30_011)
    for (rate, target) in [(44100, 16000), (8000, 44100), (16000, 16000)] {
      let path = try folder.writeFloatWave(
        samples, to: "\(rate).wav", sampleRate: rate, channelCount: channelCount)
      for downmix in channelCount == 2 ? Downmix.allCases : [.mix] {
        let loader = AudioLoader(sampleRate: target, downmix: downmix, resampleQuality: quality)
        let expected = try loader.load(path).samples
        for longest in [3, 1000, 1_000_000] {
          let found = try streamed(
            samples, sampleRate: rate, channelCount: channelCount, loader: loader, longest: longest)
          expectIdentical(found, expected, "\(rate) to \(target) Hz, chunks up to \(longest)")
        }
      }
    }
  }

  @Test func incompleteFrameIsDropped() throws {
    let found = try streamed(
      [1, 3, 5, 7, 9], sampleRate: 16000, channelCount: 2, loader: AudioLoader(), longest: 1)
    #expect(found == [2, 6])
  }

  @Test func badSampleHasItsPlace() throws {
    var stream = try SignalStream(sampleRate: 8, channelCount: 2, to: 8)
    var output: [Float] = []
    try stream.append([0, 0, 0], appendingTo: &output)
    let error = audioError {
      try stream.append([0, 1, .nan], appendingTo: &output)
    }
    #expect(error as? SignalError == .nonFiniteSample(index: 2, time: 0.25))
  }

  /// However the signal is cut, the samples before a bad one come out.
  @Test(arguments: [1, 7, 5000, 100_000]) func samplesBeforeABadOneAreKept(longest: Int) throws {
    var samples = noise(20_000)
    samples[10_001] = .infinity
    var stream = try SignalStream(sampleRate: 16000, channelCount: 1)
    var output: [Float] = []
    let error = audioError {
      for chunk in chunks(samples, longest: longest, seed: 3) {
        try stream.append(chunk, appendingTo: &output)
      }
    }
    #expect(error as? SignalError == .nonFiniteSample(index: 10_001, time: 10_001.0 / 16000))
    expectIdentical(output, Array(samples[..<10_001]))
  }

  @Test(arguments: [-1, 0, 1025, .max])
  func impossibleChannelCountsAreRefused(count: Int) {
    #expect(
      audioError { try SignalStream(sampleRate: 16000, channelCount: count) }
        as? SignalError == .invalidChannelCount(count))
  }

  @Test func impossibleRatesAreRefused() {
    #expect(
      audioError { try SignalStream(sampleRate: 0, channelCount: 1) } as? SignalError
        == .unsupportedSampleRates(from: 0, to: 16000))
  }
}
