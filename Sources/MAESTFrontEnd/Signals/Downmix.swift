/// How several channels are combined into one.
public enum Downmix: String, Sendable, CaseIterable {
  /// The mean of all channels: `0.5 * (left + right)` for two.
  ///
  /// More than two channels, which the reference does not support, are summed in order and divided by their number.
  case mix

  /// The weights of Recommendation ITU-R BS.775 for one channel, so that two channels give their mean:
  /// `0.5 L + 0.5 R + 0.707 C + 0.354 Ls + 0.354 Rs`, without the low-frequency channel. One and two channels are mixed
  /// as by ``mix``. Channels of 3 to 8 are taken to be in the order of WAVE files; more are mixed as by ``mix``.
  case itu

  /// The first channel.
  case left

  /// The second channel, or the only one.
  case right

  /// - Parameters:
  ///   - interleaved: `[frame, channel]`.
  ///   - frameCount: the number of frames at its beginning to convert.
  ///   - channelCount: at least 1.
  ///   - output: `[frame]`; its beginning is overwritten. It must have room for the frames.
  func apply(
    _ interleaved: ArraySlice<Float>, frameCount: Int, channelCount: Int, into output: inout [Float]
  ) {
    let interleaved = interleaved.span
    var output = output.mutableSpan
    switch (self, channelCount) {
    case (_, 1):
      for frame in 0..<frameCount { output[frame] = interleaved[frame] }
    case (.mix, 2), (.itu, 2):
      for frame in 0..<frameCount {
        output[frame] = 0.5 * (interleaved[2 * frame] + interleaved[2 * frame + 1])
      }
    case (.itu, 3...8):
      let weights = Self.weights(channelCount: channelCount)
      for frame in 0..<frameCount {
        var sum: Float = 0
        for channel in 0..<channelCount {
          sum += weights[channel] * interleaved[frame * channelCount + channel]
        }
        output[frame] = sum
      }
    case (.mix, _), (.itu, _):
      for frame in 0..<frameCount {
        output[frame] = Self.mean(interleaved, of: frame * channelCount..<(frame + 1) * channelCount)
      }
    case (.left, _), (.right, _):
      let channel = self == .left ? 0 : 1
      for frame in 0..<frameCount { output[frame] = interleaved[frame * channelCount + channel] }
    }
  }

  /// The weights of 3 to 8 channels in the order of WAVE files.
  private static func weights(channelCount: Int) -> [Float] {
    let (front, center, surround, low): (Float, Float, Float, Float) = (
      0.5, Float(0.5).squareRoot(), Float(0.125).squareRoot(), 0
    )
    return switch channelCount {
    case 3: [front, front, center]
    case 4: [front, front, surround, surround]
    case 5: [front, front, center, surround, surround]
    case 6: [front, front, center, low, surround, surround]
    case 7: [front, front, center, low, surround, surround, surround]
    default: [front, front, center, low, surround, surround, surround, surround]
    }
  }

  private static func mean(_ samples: Span<Float>, of range: Range<Int>) -> Float {
    var sum: Float = 0
    for index in range { sum += samples[index] }
    return sum / Float(range.count)
  }
}
