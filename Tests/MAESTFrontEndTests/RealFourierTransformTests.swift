import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

struct RealFourierTransformTests {
  /// The definition, in double precision.
  private func naivePower(_ samples: [Float]) -> [Double] {
    (0...samples.count / 2).map { bin in
      var (real, imaginary) = (0.0, 0.0)
      for (index, sample) in samples.enumerated() {
        let angle = 2 * Double.pi * Double(bin * index % samples.count) / Double(samples.count)
        real += Double(sample) * cos(angle)
        imaginary -= Double(sample) * sin(angle)
      }
      return real * real + imaginary * imaginary
    }
  }

  private func power(_ frames: [[Float]]) -> [[Float]] {
    let transform = RealFourierTransform(length: frames[0].count)
    var points = [FrameLanes](repeating: .zero, count: transform.length)
    for (lane, frame) in frames.enumerated() {
      for (index, sample) in frame.enumerated() { points[transform.slots[index]][lane] = sample }
    }
    var power = [FrameLanes](repeating: .zero, count: transform.binCount)
    transform.powerSpectrum(of: &points, into: &power)
    return frames.indices.map { lane in power.map { $0[lane] } }
  }

  @Test(arguments: [4, 8, 16, 32, 64, 128, 256, 512, 1024])
  func powerIsThatOfTheDefinition(length: Int) {
    let frames = (0..<FrameLanes.scalarCount).map { noise(length, seed: UInt64($0 + 1)) }
    for (found, frame) in zip(power(frames), frames) {
      let expected = naivePower(frame)
      // The error of a transform grows with the logarithm of its size, relative to the whole power.
      let total = expected.reduce(0, +)
      let scale = (total * total / Double(length)).squareRoot()
      let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
      let steps = Double(length.trailingZeroBitCount)
      #expect(worst <= 4 * steps * Double(Float.ulpOfOne) * max(scale, expected.max() ?? 0))
    }
  }

  @Test func impulseHasAFlatSpectrum() {
    var frame = [Float](repeating: 0, count: 512)
    frame[0] = 1
    #expect(power([frame])[0].allSatisfy { $0 == 1 })
  }

  @Test func constantHasOnlyTheFirstBin() {
    let spectrum = power([[Float](repeating: 1, count: 512)])[0]
    #expect(spectrum[0] == 512 * 512)
    #expect(spectrum.dropFirst().allSatisfy { $0 == 0 })
  }

  @Test(arguments: [1, 17, 128, 255])
  func sineHasItsBin(bin: Int) {
    let spectrum = power([sine(512, hertz: Double(bin), sampleRate: 512)])[0]
    #expect(abs(spectrum[bin] - 128 * 128) < 0.1)
    #expect(spectrum.enumerated().allSatisfy { $0.offset == bin || $0.element < 1e-4 })
  }

  @Test func slotsAreAnOrder() {
    for length in [4, 8, 512, 1024] {
      #expect(RealFourierTransform(length: length).slots.sorted() == Array(0..<length))
    }
  }
}
