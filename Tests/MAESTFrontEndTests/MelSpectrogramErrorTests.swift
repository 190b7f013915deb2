import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct MelSpectrogramErrorTests {
  private func refused(
    _ parameter: String, _ change: (inout MelSpectrogramConfiguration) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var configuration = MelSpectrogramConfiguration.maest
    change(&configuration)
    let error = audioError { try MelSpectrogramExtractor(configuration: configuration) }
    guard case SignalError.invalidConfiguration(let found, _, _)? = error else {
      Issue.record("\(parameter) is accepted", sourceLocation: sourceLocation)
      return
    }
    #expect(found == parameter, sourceLocation: sourceLocation)
  }

  @Test func everyNumberOutOfRangeIsNamed() {
    refused("sampleRate") { $0.sampleRate = 0 }
    refused("sampleRate") { $0.sampleRate = .max }
    for length in [0, -512, 2, 500, 131_072, .min, .max] {
      refused("frameLength") { $0.frameLength = length }
    }
    for length in [0, -1, .max] { refused("hopLength") { $0.hopLength = length } }
    for count in [0, -1, 4097, .max] { refused("bandCount") { $0.bandCount = count } }
    refused("lowestFrequency") { $0.lowestFrequency = -1 }
    refused("lowestFrequency") { $0.lowestFrequency = .nan }
    refused("highestFrequency") { $0.highestFrequency = 0 }
    refused("highestFrequency") { $0.highestFrequency = 8001 }
    refused("highestFrequency") { $0.highestFrequency = .nan }
    refused("compressionFactor") { $0.compressionFactor = 0 }
    refused("compressionFactor") { $0.compressionFactor = .nan }
    refused("mean") { $0.normalization?.mean = .infinity }
    refused("standardDeviation") { $0.normalization?.standardDeviation = 0 }
    refused("standardDeviation") { $0.normalization?.standardDeviation = .nan }
  }

  @Test func otherFrontEndsWork() throws {
    let configuration = MelSpectrogramConfiguration(
      sampleRate: 44100, frameLength: 2048, hopLength: 441, bandCount: 128, lowestFrequency: 30,
      highestFrequency: 17000)
    let spectrogram = try MelSpectrogramExtractor(configuration: configuration)
      .spectrogram(of: noise(4410))
    #expect(spectrogram.frameCount == 11 && spectrogram.bandCount == 128)
    #expect(spectrogram.values.allSatisfy { $0.isFinite })
  }

  @Test func badSamplesAreNamed() throws {
    let extractor = try MelSpectrogramExtractor()
    func error(_ samples: [Float]) -> SignalError? {
      audioError { try extractor.spectrogram(of: samples) } as? SignalError
    }
    #expect(error([]) == .noSamples)
    var samples = noise(3000)
    samples[2000] = .nan
    #expect(error(samples) == .nonFiniteSample(index: 2000, time: 0.125))
    samples[1000] = 2e12
    #expect(error(samples) == .sampleOutOfRange(index: 1000, time: 0.0625, value: 2e12, limit: 1e12))
    #expect(try extractor.spectrogram(of: samples, frames: 0..<2).frameCount == 2)
  }

  @Test func framesThatTheSamplesDoNotHaveAreRefused() throws {
    let extractor = try MelSpectrogramExtractor()
    // 1000 samples give 5 frames.
    for frames in [0..<6, 5..<6, -1..<2, .min..<0, 0..<Int.max] {
      #expect(
        audioError { try extractor.spectrogram(of: noise(1000), frames: frames) } as? SignalError
          == .invalidConfiguration(parameter: "frames", found: "\(frames)", expected: "some of 0..<5"))
    }
    for first in [-1, .min, .max] {
      let error = audioError { try extractor.spectrogram(of: noise(1000), firstSample: first, frames: 0..<1) }
      guard case .invalidConfiguration("firstSample", _, _)? = error as? SignalError else {
        Issue.record("\(first): \(String(describing: error))")
        continue
      }
    }
  }

  @Test(arguments: [0, -1, .min, 4097, .max])
  func numbersOfBandsThatCannotBeHaveNoEdges(count: Int) {
    let configuration = MelSpectrogramConfiguration(bandCount: count)
    #expect(configuration.bandEdges.isEmpty)
    _ = configuration.bandPosition(ofHertz: 440)
  }

  @Test func wrongRateAndWrongFrameAreRefused() throws {
    let extractor = try MelSpectrogramExtractor()
    let signal = AudioSignal(samples: noise(100), sampleRate: 44100)
    #expect(
      audioError { try extractor.spectrogram(of: signal) } as? SignalError
        == .sampleRateMismatch(found: 44100, expected: 16000))
    #expect(
      audioError { try extractor.bands(ofFrame: noise(511)) } as? SignalError
        == .wrongFrameLength(found: 511, expected: 512))
    var frame = noise(512)
    frame[3] = .infinity
    #expect(audioError { try extractor.bands(ofFrame: frame) } is SignalError)
  }

  @Test(arguments: [(0, 16000), (16000, 0), (-1, 16000), (1, 257), (257, 1)])
  func impossibleRatesAreRefused(from: Int, to: Int) {
    let signal = AudioSignal(samples: noise(100), sampleRate: from)
    #expect(
      audioError { try signal.resampled(to: to) } as? SignalError
        == .unsupportedSampleRates(from: from, to: to))
  }
}
