package import MAESTFrontEnd
import MAESTNetwork
import Synchronization

extension MAESTModel {
  /// Analyses a signal while it arrives: each patch as soon as its last samples are available.
  ///
  /// The results are bit-identical to those of `analyze(_:_:head:timeLimit:progress:)` on the whole signal,
  /// for any chunking.
  ///
  /// ```swift
  /// for try await analysis in try model.analyses(of: microphone, .tags) {
  ///   print(analysis.patch.startTime, try analysis.topTags(3, labels: model.labels))
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - chunks: samples at ``sampleRate``, in pieces of any size.
  ///   - request: what to compute.
  ///   - head: replaces the model's own head.
  /// - Throws: ``ModelError`` and `SignalError` for a request that the model does not support, `.unknownLength` for
  ///   windows that depend on the track's length. For errors during iteration see ``PatchSequence``.
  public func analyses<Chunks: AsyncSequence & Sendable>(
    of chunks: Chunks, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil
  ) throws -> PatchSequence<Chunks, PatchAnalysis> where Chunks.Element == [Float] {
    try PatchAnalyzer.check(request, configuration, head: head)
    return PatchSequence(chunks, patches: try patchStream(request)) {
      let analyzer = Mutex(try patchAnalyzer(request, head: head))
      return { patch, checkpoint in try analyzer.withLock { try $0(patch, checkpoint: checkpoint) } }
    }
  }
}

/// The results for a stream's patches, in order, each as soon as its patch is complete.
///
/// Chunks are requested one at a time, and none is requested while a patch is being analysed, so a fast source has to
/// wait (back pressure). Memory use is that of one patch, independent of the signal's length. A cancelled task ends
/// with `CancellationError` before the next encoder block. Every iterator has its own memory for the network.
///
/// Iteration throws the errors of the chunks' source, and `SignalError`: `.nonFiniteSample` and `.sampleOutOfRange` for
/// an invalid sample. After the last chunk: `.noSamples` or `.tooShort` if the signal is shorter than one patch,
/// `.rangeBeyondEnd` if it ended before the requested range.
public struct PatchSequence<Chunks: AsyncSequence & Sendable, Output: Sendable>: AsyncSequence, Sendable
where Chunks.Element == [Float] {
  public typealias Element = Output

  /// Analyses one patch on a thread outside Swift's cooperative pool; calls `checkpoint` regularly and rethrows its
  /// error.
  package typealias Work =
    @Sendable (_ patch: MelPatch, _ checkpoint: () throws -> Void) throws -> Output

  private let chunks: Chunks
  private let patches: PatchStream
  private let makeWork: @Sendable () throws -> Work

  /// - Parameter makeWork: creates the work function of one iterator.
  package init(
    _ chunks: Chunks, patches: PatchStream, makeWork: @escaping @Sendable () throws -> Work
  ) {
    self.chunks = chunks
    self.patches = patches
    self.makeWork = makeWork
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(chunks: chunks.makeAsyncIterator(), patches: patches, makeWork: makeWork)
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private var chunks: Chunks.AsyncIterator
    private var patches: PatchStream
    private let makeWork: @Sendable () throws -> Work
    private var work: Work?

    init(
      chunks: Chunks.AsyncIterator, patches: PatchStream, makeWork: @escaping @Sendable () throws -> Work
    ) {
      self.chunks = chunks
      self.patches = patches
      self.makeWork = makeWork
    }

    /// Returns the next patch's result; nil after the last one.
    public mutating func next() async throws -> Output? {
      while true {
        // Many sources end when their task is cancelled; this is not the end of the signal.
        try Task.checkCancellation()
        if let patch = try patches.next() {
          let work = try work ?? makeWork()
          self.work = work
          return try await ComputeThreads.shared.run { checkpoint in
            try work(patch, checkpoint.callAsFunction)
          }
        }
        guard !patches.hasEnded else { return nil }
        if let chunk = try await chunks.next() {
          patches.add(chunk[...])
        } else {
          patches.end()
        }
      }
    }
  }
}
