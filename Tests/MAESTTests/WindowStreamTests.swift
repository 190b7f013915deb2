import MAEST
import MAESTTestSupport
import Testing

/// Windows of signals whose end is not known.
@Suite struct WindowStreamTests {
  private func chunks(_ samples: [Float], length: Int) -> AsyncStream<[Float]> {
    AsyncStream { continuation in
      for first in stride(from: 0, to: samples.count, by: length) {
        continuation.yield(Array(samples[first..<min(first + length, samples.count)]))
      }
      continuation.finish()
    }
  }

  private func streamed(
    _ samples: [Float], _ windows: WindowSelection, length: Int = 5000
  ) async throws -> [PatchAnalysis] {
    let model = try ReferenceModel.version2.load()
    let request = AnalysisRequest(taps: [.logits], windows: windows)
    var results: [PatchAnalysis] = []
    for try await result in try model.analyses(of: chunks(samples, length: length), request) {
      results.append(result)
    }
    return results
  }

  @Test(arguments: [777, 40_000, 1_000_000]) func hopsTailsAndRanges(length: Int) async throws {
    let model = try ReferenceModel.version2.load()
    let signal = try AudioLoader().load(ReferenceModel.monoPath)
    for windows in [
      WindowSelection.everyHop(.seconds(1.5), lastPatchMode: .end),
      .everyHop(.standard, lastPatchMode: .end).within(TimeRange(start: 1, end: 9)),
      .everyHop(.frames(100), lastPatchMode: .repeat).within(TimeRange(start: 3)),
    ] {
      let expected = try model.analyze(signal, AnalysisRequest(taps: [.logits], windows: windows))
      let found = try await streamed(signal.samples, windows, length: length)
      #expect(found.map(\.patch) == expected.patches.map(\.patch))
      for (one, other) in zip(found, expected.patches) {
        expectIdentical(one.output.logits?.elements ?? [], other.output.logits?.elements ?? [.nan])
      }
    }
  }

  @Test func lengthsThatAreNotKnownAreRefusedAtOnce() throws {
    let model = try ReferenceModel.version2.load()
    for windows in [WindowSelection.evenlySpaced(2), .at([0.5]).within(TimeRange(end: 20))] {
      #expect(throws: SignalError.unknownLength) {
        try model.analyses(of: chunks([], length: 1), AnalysisRequest(taps: [.logits], windows: windows))
      }
    }
  }

  /// A range that is over ends the results, though the source goes on.
  @Test func rangesEndEndlessStreams() async throws {
    let model = try ReferenceModel.version2.load()
    let endless = AsyncStream<[Float]> { [Float](repeating: 0.1, count: 1000) }
    let request = AnalysisRequest(taps: [.logits], windows: .all.within(TimeRange(start: 1, end: 7)))
    var count = 0
    for try await _ in try model.analyses(of: endless, request) { count += 1 }
    #expect(count == 1)
  }

  @Test func streamsThatEndBeforeTheRange() async throws {
    let samples = [Float](repeating: 0.1, count: 160_000)
    await #expect(throws: SignalError.rangeBeyondEnd(start: 1, end: 11, duration: 10)) {
      try await streamed(samples, .all.within(TimeRange(start: 1, end: 11)))
    }
    await #expect(throws: SignalError.rangeBeyondEnd(start: 10, end: nil, duration: 10)) {
      try await streamed(samples, .all.within(TimeRange(start: 10)))
    }
    await #expect(throws: SignalError.noSamples) {
      try await streamed([], .all.within(TimeRange(start: 10)))
    }
  }

  /// Bad samples have their place in the track; those outside the range are not heard.
  @Test func badSamples() async throws {
    var samples = [Float](repeating: 0.1, count: 200_000)
    samples[5] = .nan
    samples[150_000] = .infinity
    samples[190_000] = .nan
    #expect(try await streamed(samples, .all.within(TimeRange(start: 1, end: 9))).count == 1)
    for length in [1000, 300_000] {
      await #expect(throws: SignalError.nonFiniteSample(index: 150_000, time: 9.375)) {
        try await streamed(samples, .all.within(TimeRange(start: 1, end: 11)), length: length)
      }
    }
  }
}
