import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct FrameCutterTests {
  let cutter: FrameCutter

  init() throws {
    cutter = try MelSpectrogramConfiguration.maest.frameCutter
  }

  @Test(arguments: [
    (0, 0), (1, 2), (255, 2), (256, 2), (257, 3), (512, 3), (80_384, 315), (80_385, 316), (80_640, 316),
    (160_512, 628), (160_513, 629), (160_768, 629), (196_800, 770), (480_000, 1876),
  ])
  func countIsOneMoreThanTheHops(samples: Int, frames: Int) {
    #expect(cutter.frameCount(sampleCount: samples) == frames)
  }

  @Test func neededSamplesAreTheFewest() {
    #expect(cutter.sampleCount(frameCount: 0) == 0)
    for frames in 2..<2000 {
      let samples = cutter.sampleCount(frameCount: frames)
      #expect(cutter.frameCount(sampleCount: samples) == frames)
      #expect(cutter.frameCount(sampleCount: samples - 1) < frames)
    }
    #expect(cutter.sampleCount(frameCount: .max) == .max)
  }

  @Test func firstFrameIsCentredOnTheFirstSample() {
    #expect(cutter.firstSample(ofFrame: 0) == -256)
    #expect(cutter.firstSample(ofFrame: 1) == 0)
    #expect(cutter.firstSample(ofFrame: 10) == 2304)
  }

  @Test func spectrogramHasTheFrames() throws {
    let extractor = try MelSpectrogramExtractor()
    for count in [1, 2, 255, 256, 257, 1024, 1025] {
      let spectrogram = try extractor.spectrogram(of: noise(count))
      #expect(spectrogram.frameCount == cutter.frameCount(sampleCount: count))
      #expect(spectrogram.values.count == spectrogram.frameCount * 96)
    }
  }
}
