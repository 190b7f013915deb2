/// Refuses samples that no arithmetic can follow: NaN, infinities, and magnitudes above 1e12, whose power
/// would leave single precision.
struct SampleCheck {
  /// The largest magnitude that passes.
  static let limit: Float = 1e12

  /// Samples in a second, for the time in the error.
  let sampleRate: Int

  /// - Parameters:
  ///   - samples: all are checked.
  ///   - first: the index of the first of them in its signal, for the error.
  /// - Throws: `SignalError.nonFiniteSample`, `SignalError.sampleOutOfRange` for the first bad one.
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

  /// Without their sign, bit patterns of numbers are ordered like the numbers; NaN comes last.
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
  /// Where the bad sample is that this error is about, in the signal.
  package var sampleIndex: Int? {
    if case .nonFiniteSample(let index, _) = self { return index }
    if case .sampleOutOfRange(let index, _, _, _) = self { return index }
    return nil
  }
}
