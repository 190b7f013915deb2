import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Samples of any kind, and mel patches, instead of files.
@Suite struct SampleInputTests {
  /// 12 s of noise in two channels at 44.1 kHz.
  private static let stereo = noise(2 * 44100 * 12)

  private func expected(_ model: MAESTModel) throws -> Analysis {
    try withTemporaryFolder { folder in
      try WAVFile.float32(Self.stereo, sampleRate: 44100, channelCount: 2).write(
        to: URL(filePath: folder + "/stereo.wav"))
      return try model.analyze(fileAt: folder + "/stereo.wav")
    }
  }

  @Test func samplesOfAnyRateAreThoseOfAFile() async throws {
    let model = try ReferenceModel.version2.load()
    let expected = try expected(model)
    let found = try { try model.analyze(Self.stereo, sampleRate: 44100, channelCount: 2) }()
    expectIdentical(try found.meanActivations, try expected.meanActivations)
    #expect(found.duration == expected.duration)
  }

  @Test func liveInputOfAnyRateIsThatOfAFile() async throws {
    let model = try ReferenceModel.version2.load()
    let expected = try expected(model)
    let chunks = AsyncStream<[Float]> { continuation in
      for first in stride(from: 0, to: Self.stereo.count, by: 9999) {
        continuation.yield(Array(Self.stereo[first..<min(first + 9999, Self.stereo.count)]))
      }
      continuation.finish()
    }
    var found: [PatchAnalysis] = []
    for try await patch in try model.analyses(of: chunks, sampleRate: 44100, channelCount: 2) {
      found.append(patch)
    }
    #expect(found.map(\.patch) == expected.patches.map(\.patch))
    #expect(found.map(\.output.values) == expected.patches.map(\.output.values))
    #expect(throws: SignalError.invalidChannelCount(0)) {
      try model.analyses(of: chunks, sampleRate: 44100, channelCount: 0)
    }
  }

  @Test func keptMelPatchesGiveTheSameBits() throws {
    let model = try ReferenceModel.version2.load()
    let signal = try AudioLoader().load(ReferenceModel.monoPath)
    let expected = try model.analyze(signal)
    var stream = try model.patchStream(.tags)
    stream.add(signal.samples[...])
    stream.end()
    var values: [Float] = []
    while let patch = try stream.next() { values += patch.values }
    let (frames, bands) = (model.configuration.frameCount, model.configuration.bandCount)
    let melPatches = Tensor(shape: [values.count / (frames * bands), frames, bands], elements: values)
    let found = try model.analyze(melPatches: melPatches)
    expectIdentical(try found.meanActivations, try expected.meanActivations)
    #expect(found.patches[1].patch.frames == frames..<2 * frames)
    #expect(throws: ModelError.differentShapes(found: [2, 3, 4], expected: [2, frames, bands])) {
      try model.analyze(melPatches: Tensor(shape: [2, 3, 4], elements: Array(repeating: 0, count: 24)))
    }
  }

  @Test func badSamplesAreRefused() throws {
    let model = try ReferenceModel.version2.load()
    #expect(throws: SignalError.noSamples) { try model.analyze([], sampleRate: 44100) }
    #expect(throws: SignalError.invalidChannelCount(-1)) {
      try model.analyze([0], sampleRate: 44100, channelCount: -1)
    }
    #expect(throws: SignalError.unsupportedSampleRates(from: 0, to: 16000)) {
      try model.analyze([0], sampleRate: 0)
    }
  }
}
