import MAEST

/// Converts the bytes of standard input, chunk by chunk, into mono samples at the model's sample rate.
struct SignalSource: AsyncSequence, Sendable {
  typealias Element = [Float]

  let input: StandardInput
  /// Format of raw samples; nil for a WAV stream, which has a header.
  let format: PCMFormat?
  /// Sample rate of raw samples, in Hz.
  let sampleRate: Int
  let channelCount: Int
  /// Sample rate of the result, in Hz.
  let outputRate: Int

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  final class AsyncIterator: AsyncIteratorProtocol {
    private let outputRate: Int
    private var input: StandardInput.AsyncIterator
    private var wav = WAVStream()
    private var decoder: PCMDecoder?
    private var rawFormat: (sampleRate: Int, channelCount: Int)
    private var signal: SignalStream?
    private var isFinished = false
    /// An error of the input after the samples returned so far.
    private var failure: (any Error)?

    init(_ source: SignalSource) {
      outputRate = source.outputRate
      input = source.input.makeAsyncIterator()
      decoder = source.format.map(PCMDecoder.init)
      rawFormat = (source.sampleRate, source.channelCount)
    }

    /// Returns the next samples, at least one; nil at the end. Throws an input error after the samples that precede it.
    func next() async throws -> [Float]? {
      if let failure { throw failure }
      var samples: [Float] = []
      do { try await read(appendingTo: &samples) } catch {
        guard !samples.isEmpty else { throw error }
        failure = error
      }
      return samples.isEmpty ? nil : samples
    }

    private func read(appendingTo samples: inout [Float]) async throws {
      while samples.isEmpty, !isFinished {
        if !wav.isComplete, let bytes = try await input.next() {
          try take(bytes[...], appendingTo: &samples)
        } else {
          isFinished = true
          if decoder == nil { try wav.finish() }
          try signal?.finish(appendingTo: &samples)
        }
      }
    }

    private func take(_ bytes: ArraySlice<UInt8>, appendingTo samples: inout [Float]) throws {
      var interleaved: [Float] = []
      if decoder != nil {
        decoder?.append(bytes, appendingTo: &interleaved)
      } else {
        try wav.append(bytes, appendingTo: &interleaved)
        guard let header = wav.header else { return }
        rawFormat = (header.sampleRate, header.channelCount)
      }
      if signal == nil {
        signal = try SignalStream(
          sampleRate: rawFormat.sampleRate, channelCount: rawFormat.channelCount, to: outputRate)
      }
      try signal?.append(interleaved[...], appendingTo: &samples)
    }
  }
}
