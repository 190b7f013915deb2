import CSndfile
import MAESTAudio
import MAESTTestSupport
import Testing

/// A sine through libsndfile's writer and our reader. (The writer's full scale is one step smaller than the
/// reader's, hence the tolerance of the integer formats.)
struct FileFormatTests {
  struct Format: Sendable, CustomTestStringConvertible {
    let name: String
    let code: Int
    let tolerance: Float
    var testDescription: String { name }
  }

  static let formats = [
    Format(name: "a.wav", code: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_PCM_16), tolerance: 5e-5),
    Format(name: "b.wav", code: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_PCM_24), tolerance: 3e-7),
    Format(name: "c.wav", code: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_FLOAT), tolerance: 0),
    Format(name: "d.aiff", code: Int(SF_FORMAT_AIFF) | Int(SF_FORMAT_PCM_16), tolerance: 5e-5),
    Format(name: "e.flac", code: Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16), tolerance: 5e-5),
    Format(name: "f.ogg", code: Int(SF_FORMAT_OGG) | Int(SF_FORMAT_VORBIS), tolerance: 0.05),
    Format(name: "g.opus", code: Int(SF_FORMAT_OGG) | Int(SF_FORMAT_OPUS), tolerance: 0.05),
    Format(name: "h.mp3", code: Int(SF_FORMAT_MPEG) | Int(SF_FORMAT_MPEG_LAYER_III), tolerance: .infinity),
  ]

  @Test(arguments: formats)
  func soundSurvives(format: Format) throws {
    let folder = try TemporaryFolder()
    let samples = sine(16000, hertz: 440, sampleRate: 16000)
    guard let path = try? folder.writeSound(samples, to: format.name, format: format.code) else {
      // This libsndfile was built without the encoder.
      return
    }
    let signal = try AudioLoader().load(path)
    #expect(signal.samples.count >= 15_000 && signal.samples.count <= 20_000)
    #expect(signal.source?.sampleRate == 16000)
    #expect(signal.source?.formatName.isEmpty == false)
    let power = signal.samples.reduce(0) { $0 + $1 * $1 } / Float(signal.samples.count)
    #expect(abs(power - 0.125) < 0.03)
    if format.tolerance.isFinite {
      let common = min(signal.samples.count, samples.count) - 1000
      expectClose(
        Array(signal.samples[1000..<common]), Array(samples[1000..<common]), maximum: format.tolerance)
    }
  }
}
