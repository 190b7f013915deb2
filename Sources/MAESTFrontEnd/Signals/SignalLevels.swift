/// What a listener would notice about a signal: silence, channels that cancel each other, clipping.
package struct SignalLevels: Sendable {
  /// A mix with less than this part of its channels' power is lost: 30 dB.
  private static let lostPart = 0.001

  /// The power, per sample, of a file that is not silence: -80 dB of full scale.
  private static let leastPower = 1e-8

  /// The largest number of 16 bits; samples from here on are at full scale.
  private static let fullScale: Float = 32767.0 / 32768

  /// Samples of one channel in a row that are clipped. Loud sound reaches full scale for a few samples, and lossy
  /// encodings go beyond it for a few more.
  private static let leastRun = 16

  /// Runs that make a warning.
  private static let leastRunCount = 10

  /// Sums of squares of the mix and of all channels, the latter as a mean over them.
  private var mixedPower = 0.0
  private var channelPower = 0.0
  private var frameCount = 0.0
  private var isSilent = true

  /// The current run of each channel.
  private var runs: [Int] = []
  private var runCount = 0
  private var clippedSeconds = 0.0

  package init() {}

  /// The warnings for all samples so far.
  package var warnings: [AudioWarning] {
    guard frameCount > 0 else { return [] }
    var warnings: [AudioWarning] = []
    if isSilent {
      warnings.append(AudioWarning(.silent, message: "all samples are zero: there is nothing to hear"))
    } else if channelPower > Self.leastPower * frameCount, mixedPower < Self.lostPart * channelPower {
      warnings.append(
        AudioWarning(
          .channelsCancel,
          message:
            "the channels cancel each other in their mean, which was analysed: take one of them instead"))
    }
    if runCount >= Self.leastRunCount {
      warnings.append(
        AudioWarning(
          .clipped, seconds: (1000 * clippedSeconds).rounded() / 1000,
          message: "the sound is cut off at full scale in \(runCount) places"))
    }
    return warnings
  }

  /// Adds the next frames.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`.
  ///   - mono: `[frame]`, the mix of them.
  mutating func add(
    _ interleaved: ArraySlice<Float>, mono: ArraySlice<Float>, channelCount: Int, sampleRate: Int
  ) {
    if runs.count != channelCount { runs = Array(repeating: 0, count: channelCount) }
    frameCount += Double(mono.count)
    let (power, peak) = (Self.power(interleaved.span), Self.peak(interleaved.span))
    channelPower += power / Double(channelCount)
    mixedPower += channelCount == 1 ? power : Self.power(mono.span)
    if peak > 0 { isSilent = false }
    if peak >= Self.fullScale {
      countRuns(interleaved.span, channelCount: channelCount, sampleRate: sampleRate)
    } else {
      for channel in 0..<channelCount { runs[channel] = 0 }
    }
  }

  /// The sum of squares.
  private static func power(_ samples: Span<Float>) -> Double {
    var sums = SIMD16<Float>.zero
    let wholeCount = samples.count / 16 * 16
    let bytes = samples.bytes
    var index = 0
    while index < wholeCount {
      let lanes = bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
      sums += lanes * lanes
      index += 16
    }
    var sum = Double(sums.sum())
    for index in wholeCount..<samples.count { sum += Double(samples[index] * samples[index]) }
    return sum
  }

  /// The largest magnitude.
  private static func peak(_ samples: Span<Float>) -> Float {
    // Bit patterns without the sign are ordered like the magnitudes; compared as numbers, they take long.
    var largest: Int32 = 0
    for index in samples.indices {
      largest = max(largest, Int32(bitPattern: samples[index].magnitude.bitPattern))
    }
    return Float(bitPattern: UInt32(bitPattern: largest))
  }

  private mutating func countRuns(_ samples: Span<Float>, channelCount: Int, sampleRate: Int) {
    for channel in 0..<channelCount {
      var run = runs[channel]
      var index = channel
      while index < samples.count {
        run = samples[index].magnitude >= Self.fullScale ? run + 1 : 0
        if run == Self.leastRun {
          runCount += 1
          clippedSeconds += Double(run) / Double(sampleRate * channelCount)
        } else if run > Self.leastRun {
          clippedSeconds += 1 / Double(sampleRate * channelCount)
        }
        index += channelCount
      }
      runs[channel] = run
    }
  }
}
