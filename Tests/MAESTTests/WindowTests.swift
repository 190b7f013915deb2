import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Windows of a track: the same bits as the same samples analysed otherwise.
@Suite struct WindowTests {
  static let taps: Set<Tap> = [.logits, .blockOutput(layer: 3)]
  static let compressedPath = Fixtures.path("audio/mono-44k1.mp3")

  private func expectSame(_ found: PatchAnalysis, _ expected: PatchAnalysis, _ what: String) {
    expectIdentical(found.output.logits?.elements ?? [], expected.output.logits?.elements ?? [.nan], what)
    expectIdentical(
      found.output[.blockOutput(layer: 3)]?.elements ?? [],
      expected.output[.blockOutput(layer: 3)]?.elements ?? [.nan], what)
  }

  private func signal(_ path: String) throws -> AudioSignal { try AudioLoader().load(path) }

  @Test func windowsArePatchesOfHopOneAtTheirFrames() throws {
    let model = try ReferenceModel.version2.load()
    let range = TimeRange(start: 2.5, end: 8)
    let everyFrame = try model.analyze(
      fileAt: ReferenceModel.monoPath,
      AnalysisRequest(taps: Self.taps, windows: .everyHop(.frames(1)).within(range)))
    #expect(everyFrame.patches.count == 30)
    for (selection, starts) in [
      (WindowSelection.evenlySpaced(4), [0, 9, 19, 29]), (.at([0, 0.5, 0.47]), [0, 4, 14]),
      (.evenlySpaced(1), [14]),
    ] {
      let found = try model.analyze(
        fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: Self.taps, windows: selection.within(range)))
      #expect(found.patches.map(\.patch.frames.lowerBound) == starts)
      #expect(found.duration == 5.5 && everyFrame.duration == 5.5)
      for patch in found.patches {
        let expected = everyFrame.patches[patch.patch.frames.lowerBound]
        #expect(patch.patch.startTime == expected.patch.startTime)
        expectSame(patch, expected, "\(selection), frame \(patch.patch.frames.lowerBound)")
      }
    }
  }

  /// Files of all kinds and signals; the range is a signal of its own.
  @Test(arguments: [ReferenceModel.monoPath, ReferenceModel.stereoPath, compressedPath])
  func rangesAreSignalsOfTheirOwn(path: String) throws {
    let model = try ReferenceModel.version2.load()
    let signal = try signal(path)
    let cut = AudioSignal(samples: Array(signal.samples[32_016..<150_400]), sampleRate: 16000)
    let placements: [WindowSelection] = [
      .all, .everyHop(.seconds(1), lastPatchMode: .end), .everyHop(.frames(200), lastPatchMode: .repeat),
      .evenlySpaced(3), .at([0.1, 0.9]),
    ]
    for selection in placements {
      let request = AnalysisRequest(taps: Self.taps, windows: selection)
      let expected = try model.analyze(cut, request)
      var inRange = request
      inRange.windows = selection.within(TimeRange(start: 2.001, end: 9.4))
      for found in [try model.analyze(fileAt: path, inRange), try model.analyze(signal, inRange)] {
        #expect(found.duration == expected.duration && expected.duration == 7.399)
        #expect(found.patches.map(\.patch.frames) == expected.patches.map(\.patch.frames))
        #expect(
          found.patches.map(\.patch.startTime)
            == expected.patches.map { ($0.patch.startTime * 16000 + 32_016) / 16000 })
        for (one, other) in zip(found.patches, expected.patches) { expectSame(one, other, "\(selection)") }
      }
    }
  }

  @Test(arguments: [ReferenceModel.stereoPath, compressedPath])
  func filesAreAsLongAsTheirSamples(path: String) throws {
    let model = try ReferenceModel.version2.load()
    let signal = try signal(path)
    for selection in [
      WindowSelection.evenlySpaced(3), .at([0.25, 1]), .everyHop(.standard, lastPatchMode: .end),
      .evenlySpaced(2).within(TimeRange(start: 1)),
    ] {
      let request = AnalysisRequest(taps: Self.taps, windows: selection)
      let (file, memory) = (try model.analyze(fileAt: path, request), try model.analyze(signal, request))
      #expect(file.patches.map(\.patch) == memory.patches.map(\.patch) && file.duration == memory.duration)
      #expect(file.patches.last?.patch.endTime == signal.duration)
      for (one, other) in zip(file.patches, memory.patches) { expectSame(one, other, "\(selection)") }
    }
  }

  @Test(arguments: [1, 3]) func threadsChangeNothing(threads: Int) throws {
    let request = AnalysisRequest(taps: [.logits], windows: .evenlySpaced(5))
    let two = try ReferenceModel.version2.load().analyze(fileAt: Self.compressedPath, request)
    let other = try ReferenceModel.version2.load(threads: threads).analyze(
      fileAt: Self.compressedPath, request)
    expectIdentical(try two.meanActivations, try other.meanActivations)
    expectIdentical(try two.maxActivations, try other.maxActivations)
  }

  @Test func progressKnowsTheWindows() throws {
    let model = try ReferenceModel.version2.load()
    for (windows, total) in [(WindowSelection.evenlySpaced(3), 3), (.all.within(TimeRange(start: 3)), 1)] {
      var steps: [(Int, Int?)] = []
      _ = try model.analyze(
        fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], windows: windows)
      ) { steps.append(($0.patchCount, $0.expectedPatchCount)) }
      #expect(steps.map(\.0) == Array(1...total) && steps.allSatisfy { $0.1 == total })
    }
  }

  @Test func rangesBeyondTheEndNameTheLength() throws {
    let model = try ReferenceModel.version2.load()
    for windows in [WindowSelection.all, .evenlySpaced(2), .at([0])] {
      for (start, end) in [(0, 12.31), (12.3, nil), (40, 50)] as [(Double, Double?)] {
        let request = AnalysisRequest(
          taps: [.logits], windows: windows.within(TimeRange(start: start, end: end)))
        let error = SignalError.rangeBeyondEnd(start: start, end: end, duration: 12.3)
        #expect(throws: error) { try model.analyze(fileAt: ReferenceModel.monoPath, request) }
        #expect(throws: error) { try model.analyze(signal(ReferenceModel.monoPath), request) }
      }
    }
    let whole = AnalysisRequest(taps: [.logits], windows: .all.within(TimeRange(end: 12.3)))
    #expect(try model.analyze(fileAt: ReferenceModel.monoPath, whole).duration == 12.3)
  }

  @Test func shortTracks() throws {
    let model = try ReferenceModel.version2.load()
    let error = SignalError.tooShort(sampleCount: 32_000, neededSampleCount: 80_385, sampleRate: 16000)
    for windows in [WindowSelection.evenlySpaced(2), .everyHop(.standard, lastPatchMode: .end)] {
      #expect(throws: error) {
        try model.analyze(
          fileAt: ReferenceModel.shortPath, AnalysisRequest(taps: [.logits], windows: windows))
      }
    }
    let request = AnalysisRequest(taps: Self.taps, windows: .evenlySpaced(2, lastPatchMode: .repeat))
    let found = try model.analyze(fileAt: ReferenceModel.shortPath, request)
    let expected = try model.analyze(
      fileAt: ReferenceModel.shortPath, AnalysisRequest(taps: Self.taps, lastPatchMode: .repeat))
    #expect(found.patches.map(\.patch) == expected.patches.map(\.patch) && found.patches.count == 1)
    expectSame(found.patches[0], expected.patches[0], "cycled")
  }
}
