import Foundation
public import MAESTAudio
public import MAESTCore

#if canImport(FoundationEssentials)
  public import struct FoundationEssentials.URL
#endif

/// The results of a file's patches in order of time, each delivered as soon as it is computed.
///
/// Every iterator decodes the file on its own threads. The analysis runs at most one pair of patches ahead of the
/// consumer, so memory use does not grow with the length of the file. A cancelled task ends before the next encoder
/// block.
///
/// The sequence throws the same errors as `MAESTModel.analyze(fileAt:)`.
public struct FileAnalyses: AsyncSequence, Sendable {
  /// A patch's results and the progress in the file.
  public struct Element: Sendable {
    public let analysis: PatchAnalysis
    public let progress: AnalysisProgress
  }

  private let model: MAESTModel
  private let path: String
  private let request: AnalysisRequest
  private let head: (any TokenClassifier)?
  private let loader: AudioLoader

  init(
    _ model: MAESTModel, path: String, _ request: AnalysisRequest, head: (any TokenClassifier)?,
    loader: AudioLoader
  ) {
    self.model = model
    self.path = path
    self.request = request
    self.head = head
    self.loader = loader
  }

  public func makeAsyncIterator() -> AsyncIterator {
    let (flag, room) = (CancellationFlag(), DispatchSemaphore(value: 0))
    // Allow one result ahead of the consumer.
    room.signal()
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Element.self)
    continuation.onTermination = { _ in
      flag.set()
      room.signal()
    }
    Thread.detachNewThread { [model, path, request, head, loader] in
      let checkpoint = Checkpoint(flag: flag)
      do {
        var patch: PatchAnalysis?
        _ = try model.forEachPatch(path, request, head, loader, checkpoint) { progress in
          guard let analysis = patch else { return }
          continuation.yield(Element(analysis: analysis, progress: progress))
          room.wait()
        } _: {
          patch = $0
          try checkpoint()
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    return AsyncIterator(iterator: stream.makeAsyncIterator(), room: room)
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private var iterator: AsyncThrowingStream<Element, any Error>.AsyncIterator
    private let room: DispatchSemaphore
    private var isFirst = true

    init(iterator: AsyncThrowingStream<Element, any Error>.AsyncIterator, room: DispatchSemaphore) {
      self.iterator = iterator
      self.room = room
    }

    /// Returns the next patch's results; nil after the last one.
    public mutating func next() async throws -> Element? {
      try Task.checkCancellation()
      // The consumer is done with the previous patch.
      if !isFirst { room.signal() }
      isFirst = false
      let element = try await iterator.next()
      try Task.checkCancellation()
      return element
    }
  }
}

extension MAESTModel {
  /// Analyses an audio file patch by patch, as an asynchronous sequence.
  ///
  /// ```swift
  /// for try await patch in try model.analyses(ofFileAt: url) {
  ///   print(patch.progress.fraction ?? 0, try patch.analysis.topTags(3, labels: model.labels))
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - file: a file URL.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  /// - Throws: ``ModelError`` for a request that the model cannot meet. See ``FileAnalyses`` for the sequence's errors.
  public func analyses(
    ofFileAt file: URL, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader()
  ) throws -> FileAnalyses {
    try PatchAnalyzer.check(request, configuration, head: head)
    return FileAnalyses(self, path: file.path, request, head: head, loader: loader)
  }
}
