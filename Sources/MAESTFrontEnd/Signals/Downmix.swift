/// How several channels are combined into one.
public enum Downmix: String, Sendable, CaseIterable {
  /// The mean of all channels: `0.5 * (left + right)` for two.
  ///
  /// More than two channels, which the reference does not support, are summed in order and divided by their number.
  case mix

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
    case (.mix, 2):
      for frame in 0..<frameCount {
        output[frame] = 0.5 * (interleaved[2 * frame] + interleaved[2 * frame + 1])
      }
    case (.mix, _):
      for frame in 0..<frameCount {
        output[frame] = Self.mean(interleaved, of: frame * channelCount..<(frame + 1) * channelCount)
      }
    case (.left, _), (.right, _):
      let channel = self == .left ? 0 : 1
      for frame in 0..<frameCount { output[frame] = interleaved[frame * channelCount + channel] }
    }
  }

  private static func mean(_ samples: Span<Float>, of range: Range<Int>) -> Float {
    var sum: Float = 0
    for index in range { sum += samples[index] }
    return sum / Float(range.count)
  }
}
