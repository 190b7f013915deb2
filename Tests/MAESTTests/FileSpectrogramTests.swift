import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// A file's mel bands, apart from the network.
@Suite struct FileSpectrogramTests {
  @Test func theReferenceBands() throws {
    let model = try ReferenceModel.version2.load()
    let found = try model.spectrogram(ofFileAt: ReferenceModel.monoPath).bands
    let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/mel-mono-16k/bands.npy"))
    #expect([found.frameCount, found.bandCount] == expected.shape)
    expectClose(found.values, expected.elements, maximum: 1e-5, "bands")
  }

  /// A pure tone is strongest in the band where its frequency lies.
  @Test func frequenciesAmongTheBands() throws {
    let mel = try ReferenceModel.version2.load().melConfiguration
    let edges = mel.bandEdges
    #expect(edges.count == mel.bandCount + 2)
    for band in [0, 10, 50, 95] {
      #expect(abs(mel.bandPosition(ofHertz: edges[band + 1]) - (Double(band) + 0.5)) < 1e-3)
    }
    let samples = (0..<32000).map { index in
      0.1 * Float(sin(Double(index) * 2 * .pi * 1000 / 16000))
    }
    let spectrogram = try MelSpectrogramExtractor(configuration: mel)
      .spectrogram(of: AudioSignal(samples: samples, sampleRate: 16000))
    let strongest = try #require(
      (0..<mel.bandCount).max { spectrogram[frame: 60, band: $0] < spectrogram[frame: 60, band: $1] })
    #expect(abs(mel.bandPosition(ofHertz: 1000) - (Double(strongest) + 0.5)) <= 1)
  }

  @Test func filesThatCannotBeRead() throws {
    let model = try ReferenceModel.version2.load()
    #expect(throws: AudioError.self) { try model.spectrogram(ofFileAt: "/nowhere/track.wav") }
  }
}
