import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct AudioLoaderTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func sameRatePassesUnchanged() throws {
    let samples = noise(20_000)
    let path = try folder.writeFloatWave(samples, to: "noise.wav")
    for quality in ResampleQuality.allCases {
      expectIdentical(try AudioLoader(resampleQuality: quality).load(path).samples, samples)
    }
  }

  @Test func mixIsTheMeanOfLeftAndRight() throws {
    let samples = noise(2000)
    let path = try folder.writeFloatWave(samples, to: "stereo.wav", channelCount: 2)
    let left = stride(from: 0, to: 2000, by: 2).map { samples[$0] }
    let right = stride(from: 1, to: 2000, by: 2).map { samples[$0] }
    expectIdentical(try AudioLoader(downmix: .left).load(path).samples, left)
    expectIdentical(try AudioLoader(downmix: .right).load(path).samples, right)
    expectIdentical(try AudioLoader().load(path).samples, zip(left, right).map { 0.5 * ($0 + $1) })
  }

  @Test(arguments: Downmix.allCases)
  func oneChannelIsThatChannel(downmix: Downmix) throws {
    let samples = noise(100)
    let path = try folder.writeFloatWave(samples, to: "mono.wav")
    expectIdentical(try AudioLoader(downmix: downmix).load(path).samples, samples)
  }

  @Test func eightChannelsAreAveraged() throws {
    let samples = noise(8 * 9000)
    let path = try folder.writeFloatWave(samples, to: "eight.wav", channelCount: 8)
    let signal = try AudioLoader().load(path)
    let expected = (0..<9000).map { samples[(8 * $0)..<(8 * $0 + 8)].reduce(0, +) / 8 }
    expectIdentical(signal.samples, expected)
    #expect(signal.source?.channelCount == 8)
    let second = (0..<9000).map { samples[8 * $0 + 1] }
    expectIdentical(try AudioLoader(downmix: .right).load(path).samples, second)
  }

  @Test(arguments: ResampleQuality.allCases)
  func fileAndMemoryResampleAlike(quality: ResampleQuality) throws {
    let samples = noise(50_000)
    let path = try folder.writeFloatWave(samples, to: "noise.wav", sampleRate: 44100)
    let loaded = try AudioLoader(resampleQuality: quality).load(path)
    let signal = AudioSignal(samples: samples, sampleRate: 44100)
    let resampled = try signal.resampled(to: 16000, quality: quality)
    expectIdentical(resampled.samples, loaded.samples)
    #expect(resampled.sampleRate == 16000)
  }

  @Test(arguments: [8000, 11025, 22050, 48000, 96000])
  func everyUsualRateKeepsPitchAndLength(rate: Int) throws {
    let path = try folder.writeFloatWave(
      sine(rate, hertz: 440, sampleRate: rate), to: "sine.wav", sampleRate: rate)
    let signal = try AudioLoader(resampleQuality: .sincBest).load(path)
    #expect(abs(signal.samples.count - 16000) <= 1)
    let middle = Array(signal.samples[4000..<12000])
    let expected = Array(sine(16000, hertz: 440, sampleRate: 16000)[4000..<12000])
    expectClose(middle, expected, maximum: 1e-3)
  }

  @Test func drainingByChunksGivesTheSameSamples() throws {
    let path = MonoLoaderReferenceTests.stereo
    let loader = AudioLoader()
    var reader = try loader.open(path)
    var samples: [Float] = []
    var chunkCount = 0
    while true {
      var chunk: [Float] = []
      guard try reader.read(appendingTo: &chunk) else { break }
      samples += chunk
      chunkCount += 1
      #expect(chunk.count < 40_000)
    }
    #expect(chunkCount > 10)
    expectIdentical(samples, try loader.load(path).samples)
    let isMore = try reader.read(appendingTo: &samples)
    #expect(!isMore)
    #expect(reader.source.frameCount == 485_100)
  }

  @Test(arguments: [8000, 16000, 44100])
  func expectedSamplesAreNearlyThoseThatCome(rate: Int) throws {
    let path = try folder.writeFloatWave(noise(30_011), to: "noise.wav", sampleRate: rate)
    let loader = AudioLoader()
    let expected = try #require(try loader.open(path).expectedSampleCount)
    #expect(abs(expected - (try loader.load(path).samples.count)) <= 1)
  }

  @Test func durationIsInSeconds() {
    #expect(AudioSignal(samples: [0, 0, 0, 0], sampleRate: 8).duration == 0.5)
    #expect(AudioSignal(samples: [0], sampleRate: 0).duration == 0)
  }
}
