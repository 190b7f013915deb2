import MAESTFrontEnd
import Testing

struct DownmixTests {
  private func mixed(_ frame: [Float], _ downmix: Downmix) throws -> Float {
    var stream = try SignalStream(sampleRate: 16000, channelCount: frame.count, downmix: downmix)
    var samples: [Float] = []
    try stream.append(frame[...], appendingTo: &samples)
    try stream.finish(appendingTo: &samples)
    return try #require(samples.first)
  }

  /// What each channel of 5.1 contributes, in the order of WAVE files: front, center, low, surround.
  @Test(arguments: zip(0..<6, [0.5, 0.5, 0.70711, 0, 0.35355, 0.35355] as [Float]))
  func weightsOfITU(channel: Int, weight: Float) throws {
    var frame = [Float](repeating: 0, count: 6)
    frame[channel] = 1
    #expect(abs(try mixed(frame, .itu) - weight) < 1e-5)
    #expect(abs(try mixed(frame, .mix) - 1 / 6) < 1e-7)
  }

  /// Fewer than three channels are mixed as by the mean, and so are more than eight.
  @Test(arguments: [1, 2, 9]) func otherLayoutsOfITU(channelCount: Int) throws {
    let frame = (0..<channelCount).map { Float($0) / 7 + 0.1 }
    #expect(try mixed(frame, .itu) == mixed(frame, .mix))
  }

  @Test(arguments: 3...8) func everyLayoutHasWeights(channelCount: Int) throws {
    let sum = try mixed([Float](repeating: 1, count: channelCount), .itu)
    #expect(sum > 1 && sum < 3.2)
    #expect(try mixed([1] + [Float](repeating: 0, count: channelCount - 1), .left) == 1)
  }
}
