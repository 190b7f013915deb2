import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Windows of a track whose mel bands are kept: the results are those of its file, bit for bit.
@Suite struct TrackSpectrogramTests {
  private static let selections: [WindowSelection] = [
    .all, .everyHop(.seconds(1.5), lastPatchMode: .end), .everyHop(.frames(100)), .evenlySpaced(3),
    .at([0.5]),
    .evenlySpaced(2).within(TimeRange(start: 2.5, end: 10)),
    WindowSelection(lastPatchMode: .repeat, range: TimeRange(start: 9)),
  ]

  @Test(arguments: selections) func theBitsOfTheFile(windows: WindowSelection) throws {
    let model = try ReferenceModel.version2.load()
    let request = AnalysisRequest(taps: [.logits, .blockOutput(layer: 2)], windows: windows)
    let track = try model.spectrogram(ofFileAt: ReferenceModel.monoPath, range: windows.range)
    var calls: [Int] = []
    let found = try model.analyze(track, request) { calls.append($0.expectedPatchCount ?? -$0.patchCount) }
    let expected = try model.analyze(fileAt: ReferenceModel.monoPath, request)
    #expect(found.patches.map(\.patch) == expected.patches.map(\.patch))
    #expect(found.duration == expected.duration && found.labels == expected.labels)
    for (one, other) in zip(found.patches, expected.patches) {
      #expect(one.output.values == other.output.values && one.output.activations == other.output.activations)
    }
    #expect(calls == Array(repeating: found.patches.count, count: found.patches.count))
  }

  @Test func whatCannotBeIsRefused() throws {
    let model = try ReferenceModel.version2.load()
    let short = TimeRange(start: 1, end: 2)
    let track = try model.spectrogram(ofFileAt: ReferenceModel.monoPath, range: short)
    let cutter = try MelSpectrogramExtractor(configuration: model.melConfiguration).frameCutter
    #expect(track.range == short && track.bands.frameCount == cutter.frameCount(sampleCount: 16000))
    #expect(throws: SignalError.tooShort(sampleCount: 16000, neededSampleCount: 80385, sampleRate: 16000)) {
      try model.analyze(track)
    }
    #expect(throws: ModelError.noSuchLayer(layer: 13, layerCount: 12)) {
      try model.analyze(track, .tokens(layer: 13))
    }
    #expect(throws: SignalError.rangeBeyondEnd(start: 3, end: 60, duration: 12.3)) {
      try model.spectrogram(ofFileAt: ReferenceModel.monoPath, range: TimeRange(start: 3, end: 60))
    }
  }

  /// Another loader's samples.
  @Test func theLoaderDecides() throws {
    let model = try ReferenceModel.version2.load()
    let loader = AudioLoader(sampleRate: 8000, downmix: .left)
    let left = try model.spectrogram(ofFileAt: ReferenceModel.stereoPath, loader: loader)
    let mix = try model.spectrogram(ofFileAt: ReferenceModel.stereoPath)
    #expect(left.bands.frameCount == mix.bands.frameCount && left.bands != mix.bands)
    let analysis = try model.analyze(fileAt: ReferenceModel.stereoPath, loader: loader)
    #expect(try model.analyze(left).meanActivations == analysis.meanActivations)
    let one = try model.analyze(fileAt: ReferenceModel.stereoPath)
    #expect(try one.meanActivations != analysis.meanActivations)
  }
}
