import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Essentia's TensorflowInputMusiCNN on every frame of a file.
struct MelReferenceTests {
  @Test func bandsAreTheReferences() throws {
    let signal = try AudioLoader().load(Fixtures.path("audio/mono-16k.wav"))
    let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/mel-mono-16k/bands.npy"))
    let spectrogram = try MelSpectrogramExtractor(configuration: .musiCNN).spectrogram(of: signal)
    #expect([spectrogram.frameCount, spectrogram.bandCount] == expected.shape)
    expectClose(spectrogram.values, expected.elements, maximum: 2e-5, mean: 6e-7)
  }

  @Test func normalizationIsAShiftAndAScale() throws {
    let samples = noise(5000)
    let raw = try MelSpectrogramExtractor(configuration: .musiCNN).spectrogram(of: samples)
    let normalized = try MelSpectrogramExtractor().spectrogram(of: samples)
    let expected = raw.values.map { Float((Double($0) - 2.06755686098554) / (2 * 1.268292820667291)) }
    expectClose(normalized.values, expected, maximum: 1e-6)
  }

  @Test func normalizationMayBeTheModels() throws {
    var configuration = MelSpectrogramConfiguration.maest
    configuration.normalization = MelNormalization(mean: 1, standardDeviation: 0.25)
    let samples = noise(1000)
    let raw = try MelSpectrogramExtractor(configuration: .musiCNN).spectrogram(of: samples)
    let found = try MelSpectrogramExtractor(configuration: configuration).spectrogram(of: samples)
    expectIdentical(found.values, raw.values.map { ($0 - 1) * 2 })
  }

  @Test func silenceIsExact() throws {
    let silence = [Float](repeating: 0, count: 2000)
    let spectrogram = try MelSpectrogramExtractor(configuration: .musiCNN).spectrogram(of: silence)
    #expect(spectrogram.frameCount == 9)
    #expect(spectrogram.values.allSatisfy { $0 == 0 })
  }

  @Test func loudestAllowedSamplesGiveNumbers() throws {
    let extremes: [Float] = (0..<2000).map { $0 % 2 == 0 ? 1e12 : -1e12 }
    let constant = [Float](repeating: 1e12, count: 2000)
    let extractor = try MelSpectrogramExtractor()
    for samples in [extremes, constant] {
      let values = try extractor.spectrogram(of: samples).values
      #expect(values.allSatisfy { $0.isFinite && $0 < 20 })
    }
  }
}
