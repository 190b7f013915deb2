import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Essentia's MonoLoader, file by file.
struct MonoLoaderReferenceTests {
  static let stereo = Fixtures.path("audio/stereo-44k1.wav")

  @Test(arguments: ResampleQuality.allCases)
  func resampledSamplesAreTheReferences(quality: ResampleQuality) throws {
    let signal = try AudioLoader(resampleQuality: quality).load(Self.stereo)
    let path = Fixtures.path("expected/monoloader-stereo-44k1/quality\(quality.rawValue).npy")
    expectClose(signal.samples, try NumPyArray(contentsOfFile: path).elements, maximum: 1e-7)
  }

  @Test func defaultIsTheRecommendedPipeline() throws {
    let loader = AudioLoader()
    #expect(loader == AudioLoader(sampleRate: 16000, downmix: .mix, resampleQuality: .linear))
    let signal = try loader.load(Self.stereo)
    #expect(signal.samples.count == 176_001)
    #expect(signal.sampleRate == 16000)
  }

  @Test func sourceFactsAreTheFiles() throws {
    let source = try #require(try AudioLoader().load(Self.stereo).source)
    #expect(source.sampleRate == 44100)
    #expect(source.channelCount == 2)
    #expect(source.frameCount == 485_100)
    #expect(source.formatName.contains("WAV"))
    #expect(source.formatName.contains("16 bit"))
    #expect(source.duration == 11)
  }
}
