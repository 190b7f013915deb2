public import MAESTAudio
public import MAESTFrontEnd
import Synchronization

/// The samples of an audio file, decoded chunk by chunk on demand in constant memory.
///
/// The chunks together contain the same samples as `AudioLoader.load` returns. Every iterator starts at the beginning.
/// Files are read on dedicated threads, not in Swift's cooperative thread pool.
public struct AudioChunks: AsyncSequence, Sendable {
  public typealias Element = [Float]

  private let path: String
  private let loader: AudioLoader
  private let warned: @Sendable ([AudioWarning]) -> Void

  /// - Parameters:
  ///   - path: an audio file; it is opened when the first chunk is requested.
  ///   - loader: how to decode and resample the file.
  ///   - warned: called at the file's end with what is missing of its sound, and what the mix to one channel loses.
  public init(
    path: String, loader: AudioLoader = AudioLoader(),
    warned: @escaping @Sendable (_ warnings: [AudioWarning]) -> Void = { _ in }
  ) {
    self.path = path
    self.loader = loader
    self.warned = warned
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(path: path, loader: loader, warned: warned)
  }

  /// Reads the file.
  public final class AsyncIterator: AsyncIteratorProtocol {
    private let file: ChunkReader

    init(path: String, loader: AudioLoader, warned: @escaping @Sendable ([AudioWarning]) -> Void) {
      file = ChunkReader(path: path, loader: loader, warned: warned)
    }

    /// Returns the next samples, at least one; nil at the end.
    ///
    /// - Throws: `AudioError`; `.noSamples` for a file without samples.
    public func next() async throws -> [Float]? {
      if file.isFinished { return nil }
      return try await onWaitingThread { [file] in try file.next() }
    }
  }
}

/// A file that is opened by the first read; reads may come from any thread.
private final class ChunkReader: Sendable {
  private struct State: ~Copyable {
    var reader: AudioReader?
    var isFinished = false
  }

  private let path: String
  private let loader: AudioLoader
  private let warned: @Sendable ([AudioWarning]) -> Void
  private let state = Mutex(State())

  var isFinished: Bool { state.withLock { $0.isFinished } }

  init(path: String, loader: AudioLoader, warned: @escaping @Sendable ([AudioWarning]) -> Void) {
    self.path = path
    self.loader = loader
    self.warned = warned
  }

  func next() throws -> [Float]? { try state.withLock { try next(&$0) } }

  private func next(_ state: inout State) throws -> [Float]? {
    let isFirst = state.reader == nil
    // Reset after a successful read, so that an error ends the sequence.
    state.isFinished = true
    var reader = try state.reader.take() ?? loader.open(path)
    var samples: [Float] = []
    while samples.isEmpty {
      guard try reader.read(appendingTo: &samples) else {
        if isFirst { throw AudioError.noSamples(path: path) }
        warned(reader.warnings)
        return nil
      }
    }
    state.reader = consume reader
    state.isFinished = false
    return samples
  }
}
