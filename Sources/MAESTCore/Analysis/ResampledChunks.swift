import MAESTFrontEnd

/// Converts live audio of any sample rate and channel count to one channel at the model's rate.
public struct ResampledChunks<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Base.Element == [Float] {
  public typealias Element = [Float]

  private let base: Base
  private let sampleRate: Int
  private let channelCount: Int
  private let outputRate: Int

  /// - Throws: `SignalError.invalidChannelCount`, `.unsupportedSampleRates`.
  init(_ base: Base, sampleRate: Int, channelCount: Int, outputRate: Int) throws(SignalError) {
    _ = try SignalStream(sampleRate: sampleRate, channelCount: channelCount, to: outputRate)
    self.base = base
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.outputRate = outputRate
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  public final class AsyncIterator: AsyncIteratorProtocol {
    private var base: Base.AsyncIterator
    private let makeStream: () throws(SignalError) -> SignalStream
    private var stream: SignalStream?
    private var hasEnded = false

    init(_ chunks: ResampledChunks) {
      base = chunks.base.makeAsyncIterator()
      makeStream = { () throws(SignalError) in
        try SignalStream(
          sampleRate: chunks.sampleRate, channelCount: chunks.channelCount, to: chunks.outputRate)
      }
    }

    /// Returns the next samples; empty if no samples are ready yet, nil at the end.
    public func next() async throws -> [Float]? {
      guard !hasEnded else { return nil }
      var samples: [Float] = []
      if stream == nil { stream = try makeStream() }
      if let chunk = try await base.next() {
        try stream?.append(chunk[...], appendingTo: &samples)
      } else {
        hasEnded = true
        try stream?.finish(appendingTo: &samples)
      }
      return samples
    }
  }
}

extension MAESTModel {
  /// Analyses live audio of any sample rate and channel count: each patch as soon as its last samples are available.
  ///
  /// - Parameters:
  ///   - chunks: interleaved samples `[frame, channel]` in pieces of any size.
  ///   - sampleRate: in hertz.
  ///   - channelCount: 1 to 1024.
  ///   - request: what to compute.
  ///   - head: replaces the model's own head.
  /// - Throws: the errors of ``analyses(of:_:head:)``, and `SignalError` for rates and channel counts that cannot be
  ///   converted.
  public func analyses<Chunks: AsyncSequence & Sendable>(
    of chunks: Chunks, sampleRate: Int, channelCount: Int = 1, _ request: AnalysisRequest = .tags,
    head: (any TokenClassifier)? = nil
  ) throws -> PatchSequence<ResampledChunks<Chunks>, PatchAnalysis> where Chunks.Element == [Float] {
    try analyses(
      of: ResampledChunks(
        chunks, sampleRate: sampleRate, channelCount: channelCount, outputRate: self.sampleRate),
      request, head: head)
  }
}
