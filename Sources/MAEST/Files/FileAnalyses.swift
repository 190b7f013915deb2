import Foundation
public import MAESTAudio
public import MAESTCore

#if canImport(FoundationEssentials)
  public import struct FoundationEssentials.URL
#endif

/// The results of a file's patches, in order of time, each as soon as it is there.
///
/// Every iterator decodes the file on threads of its own. A patch is not worked on before the ones before it were taken,
/// but for one pair, so that memory does not grow with the file. A cancelled task ends before the next encoder block.
///
/// It throws what `MAESTModel.analyze(fileAt:)` throws.
public struct FileAnalyses: AsyncSequence, Sendable {
  /// A patch's results, and how far the file is.
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
    // One result ahead.
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

    /// The next patch's results; nil after the last one.
    public mutating func next() async throws -> Element? {
      try Task.checkCancellation()
      // The patch before is used.
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
  ///   - request: what to compute, of which windows.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  /// - Throws: ``ModelError`` for a request that the model cannot meet. What the sequence throws, ``FileAnalyses`` tells.
  public func analyses(
    ofFileAt file: URL, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader()
  ) throws -> FileAnalyses {
    try PatchAnalyzer.check(request, configuration, head: head)
    return FileAnalyses(self, path: file.path, request, head: head, loader: loader)
  }
}
