public import MAESTFrontEnd

/// An open audio file that is decoded, downmixed and resampled chunk by chunk.
///
/// Memory use is independent of the file's length. The samples are independent of the chunk sizes. If the sample rate or
/// the number of channels changes within the file, each part is converted by itself, and they follow each other without
/// a gap.
public struct AudioReader: ~Copyable {
  private let path: String
  private let loader: AudioLoader
  private let decoder: any AudioDecoder
  private var signal: SignalStream
  private var layout: SampleLayout
  private let firstLayout: SampleLayout
  /// The frames of earlier parts, which had other layouts, as if they had the first one.
  private var earlierFrameCount = 0.0
  private var layoutWarnings: [AudioWarning] = []
  private var interleaved: [Float] = []
  private var budget: DecodingBudget
  private var isFinished = false

  /// The approximate number of samples at the loader's rate, from the file's header; nil if unknown. An estimate for
  /// progress displays; the exact length is known at the end of the file.
  public let expectedSampleCount: Int?

  init(path: String, loader: AudioLoader) throws(AudioError) {
    var budget = DecodingBudget(limit: loader.decodingTimeLimit)
    let decoder = try openDecoder(path: path, loader: loader, before: budget.begin())
    try budget.end(path: path, frameCount: 0)
    let layout = decoder.layout
    let signal = try Self.signal(layout, loader, levels: SignalLevels())
    let seconds = decoder.expectedFrameCount.map { Double($0) / Double(decoder.layout.sampleRate) }
    let count = seconds.flatMap { Int(exactly: ($0 * Double(loader.sampleRate)).rounded()) }
    expectedSampleCount = count.flatMap { $0 >= 0 ? $0 : nil }
    self.signal = signal
    self.layout = layout
    firstLayout = layout
    self.path = path
    self.loader = loader
    self.decoder = decoder
    self.budget = budget
  }

  private static func signal(
    _ layout: SampleLayout, _ loader: AudioLoader, levels: SignalLevels
  ) throws(AudioError) -> SignalStream {
    do throws(SignalError) {
      return try SignalStream(
        sampleRate: layout.sampleRate, channelCount: layout.channelCount, to: loader.sampleRate,
        downmix: loader.downmix, quality: loader.resampleQuality, levels: levels)
    } catch {
      throw .signal(error)
    }
  }

  /// Facts about the file, those of its first part; `frameCount` is the number of frames decoded so far.
  public var source: AudioSource {
    AudioSource(
      sampleRate: firstLayout.sampleRate, channelCount: firstLayout.channelCount,
      formatName: decoder.formatName, frameCount: frameCount, decoder: decoder.name)
  }

  /// What is missing of the file's sound, and what the mix to one channel loses; complete once `read` has returned
  /// false.
  public var warnings: [AudioWarning] {
    let warnings = decoder.warnings + layoutWarnings + (isFinished ? signal.levels.warnings : [])
    return warnings.enumerated().sorted { ($0.element.at ?? 0, $0.offset) < ($1.element.at ?? 0, $1.offset) }
      .map(\.element)
  }

  /// Decodes the next chunk.
  ///
  /// - Parameter samples: the new samples, at the loader's rate, are appended to this array; a call may append none.
  /// - Returns: false if earlier calls have already appended all samples of the file.
  /// - Throws: `AudioError.decodingFailed`, `.damaged`, `.mostlyLost`, `.ffmpegBrokeOff`, `.ffmpegStalled`,
  ///   `.decodingTookTooLong`, `.decoderCrashed`, `.isolatedDecoderFailed`; `.signal` with `.nonFiniteSample`,
  ///   `.sampleOutOfRange` (index and time in the file, after the downmix) or `.resamplingFailed`.
  public mutating func read(appendingTo samples: inout [Float]) throws(AudioError) -> Bool {
    guard !isFinished else { return false }
    let deadline = budget.begin()
    let count = try decoder.read(into: &interleaved, before: deadline)
    try budget.end(path: path, frameCount: frameCount)
    try refuseDamage()
    if count > 0 {
      if decoder.layout != layout { try beginPart(appendingTo: &samples) }
      try convert { signal, interleaved throws(SignalError) in
        try signal.append(interleaved[..<count], appendingTo: &samples)
      }
    } else {
      try convert { signal, _ throws(SignalError) in try signal.finish(appendingTo: &samples) }
      isFinished = true
      try requireHalf()
    }
    return true
  }

  /// The frames decoded so far, as if all had the first layout.
  private var frameCount: Int {
    Int(earlierFrameCount + Double(signal.frameCount) * partScale)
  }

  private var partScale: Double { Double(firstLayout.sampleRate) / Double(layout.sampleRate) }

  private var decodedSeconds: Double { Double(frameCount) / Double(firstLayout.sampleRate) }

  private mutating func convert(
    _ body: (inout SignalStream, [Float]) throws(SignalError) -> Void
  ) throws(AudioError) {
    do throws(SignalError) { try body(&signal, interleaved) } catch { throw .signal(error) }
  }

  /// Ends the part with the current layout and begins one with the decoder's.
  private mutating func beginPart(appendingTo samples: inout [Float]) throws(AudioError) {
    try convert { signal, _ throws(SignalError) in try signal.finish(appendingTo: &samples) }
    earlierFrameCount += Double(signal.frameCount) * partScale
    let (from, to) = (layout, decoder.layout)
    layout = to
    signal = try Self.signal(layout, loader, levels: signal.levels)
    layoutWarnings.append(
      AudioWarning(
        .formatChanges, at: (1000 * decodedSeconds).rounded() / 1000,
        message: "\(from.words) become \(to.words) within the file; both parts were decoded"))
  }

  private func refuseDamage() throws(AudioError) {
    guard loader.damaged == .refuse, let damage = decoder.warnings.first(where: \.isLoss) else { return }
    throw .damaged(path: path, damage)
  }

  /// Refuses a file of which less than half could be decoded.
  private func requireHalf() throws(AudioError) {
    let lost = decoder.warnings.lostSeconds ?? 0
    guard lost > decodedSeconds else { return }
    throw .mostlyLost(path: path, decodedSeconds: decodedSeconds, lostSeconds: lost)
  }
}
