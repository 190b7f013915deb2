import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// A frame's bands do not depend on what is computed beside it.
struct PositionIndependenceTests {
  let samples = noise(256 * 50 + 17)
  let extractor: MelSpectrogramExtractor
  let whole: MelSpectrogram

  init() throws {
    extractor = try MelSpectrogramExtractor()
    whole = try extractor.spectrogram(of: samples)
  }

  @Test func everyRangeGivesTheSameBits() throws {
    #expect(whole.frameCount == 52)
    for length in [1, 2, 3, 4, 5, 7, 8, 16, 17] {
      for first in stride(from: 0, through: whole.frameCount - length, by: 3) {
        let part = try extractor.spectrogram(of: samples, frames: first..<first + length)
        expectIdentical(part.values, Array(whole.values[first * 96..<(first + length) * 96]))
      }
    }
  }

  @Test func noFramesGiveNoValues() throws {
    let part = try extractor.spectrogram(of: samples, frames: 5..<5)
    #expect(part.frameCount == 0 && part.values.isEmpty)
  }

  @Test func everyFrameAloneGivesTheSameBits() throws {
    let padded = [Float](repeating: 0, count: 256) + samples + [Float](repeating: 0, count: 768)
    for frame in 0..<whole.frameCount {
      let single = try extractor.bands(ofFrame: Array(padded[frame * 256..<frame * 256 + 512]))
      expectIdentical(single, Array(whole.bands(ofFrame: frame)))
    }
  }

  @Test func aPartOfTheSignalGivesTheSameBits() throws {
    for first in [0, 1, 255, 256, 1000] {
      let firstFrame = (first + 256 + 255) / 256
      let tail = Array(samples[first...])
      let frames = firstFrame..<whole.frameCount
      let part = try extractor.spectrogram(of: tail, firstSample: first, frames: frames)
      expectIdentical(part.values, Array(whole.values[firstFrame * 96..<whole.values.count]))
    }
  }

  @Test func louderNeighboursLeaveNoTrace() throws {
    var other = samples
    for index in 5000..<other.count { other[index] *= 1000 }
    let spectrogram = try extractor.spectrogram(of: other)
    let safe = 0..<(5000 - 256) / 256 * 96
    expectIdentical(Array(spectrogram.values[safe]), Array(whole.values[safe]))
  }

  @Test func concurrentUseGivesTheSameBits() async throws {
    let (extractor, samples, whole) = (extractor, samples, whole)
    try await withThrowingTaskGroup(of: MelSpectrogram.self) { group in
      for _ in 0..<8 { group.addTask { try extractor.spectrogram(of: samples) } }
      for try await spectrogram in group { #expect(spectrogram == whole) }
    }
  }
}
