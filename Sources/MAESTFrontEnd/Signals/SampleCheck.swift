/// Rejects invalid samples: NaN, infinities, and magnitudes above 1e12, whose power overflows single precision.
struct SampleCheck {
  /// The largest allowed magnitude.
  static let limit: Float = 1e12

  /// The sample rate in hertz, for the time in the error.
  let sampleRate: Int

  /// - Parameters:
  ///   - samples: all are checked.
  ///   - first: the index in the signal of the first of them, for the error.
  /// - Throws: `SignalError.nonFiniteSample`, `SignalError.sampleOutOfRange` for the first invalid sample.
  func check(_ samples: ArraySlice<Float>, from first: Int) throws(SignalError) {
    let samples = samples.span
    var start = 0
    while start < samples.count {
      let end = min(start + 1024, samples.count)
      if !allPass(samples.extracting(start..<end)) {
        try report(samples.extracting(start..<end), from: first + start)
      }
      start = end
    }
  }

  /// Compares bit patterns without the sign: they are ordered like the magnitudes, with NaN last.
  private func allPass(_ samples: Span<Float>) -> Bool {
    var largest: Int32 = 0
    for index in samples.indices {
      largest = max(largest, Int32(bitPattern: samples[index].magnitude.bitPattern))
    }
    return largest <= Int32(bitPattern: Self.limit.bitPattern)
  }

  private func report(_ samples: Span<Float>, from first: Int) throws(SignalError) {
    for index in samples.indices where !(samples[index].magnitude <= Self.limit) {
      let time = Double(first + index) / Double(sampleRate)
      guard samples[index].isFinite else { throw .nonFiniteSample(index: first + index, time: time) }
      throw .sampleOutOfRange(
        index: first + index, time: time, value: samples[index], limit: Self.limit)
    }
  }
}

extension SignalError {
  /// The index in the signal of the invalid sample that this error is about.
  package var sampleIndex: Int? {
    if case .nonFiniteSample(let index, _) = self { return index }
    if case .sampleOutOfRange(let index, _, _, _) = self { return index }
    return nil
  }
}
