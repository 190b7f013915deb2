public import MAESTAudio
import Synchronization

/// The samples of an audio file, decoded chunk by chunk as they are asked for, in constant memory.
///
/// The samples of all chunks together are those of `AudioLoader.load`. Every iterator starts at the beginning. Files are
/// read on threads of their own, never on those that tasks share.
public struct AudioChunks: AsyncSequence, Sendable {
  public typealias Element = [Float]

  private let path: String
  private let loader: AudioLoader

  /// - Parameters:
  ///   - path: an audio file; it is opened when the first chunk is asked for.
  ///   - loader: the sample rate and how to get there.
  public init(path: String, loader: AudioLoader = AudioLoader()) {
    self.path = path
    self.loader = loader
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path, loader: loader) }

  /// Reads the file.
  public final class AsyncIterator: AsyncIteratorProtocol {
    private let file: ChunkReader

    init(path: String, loader: AudioLoader) { file = ChunkReader(path: path, loader: loader) }

    /// The next samples, at least one; nil at the end.
    ///
    /// - Throws: `AudioError`; `.noSamples` for a file in which there is no sample.
    public func next() async throws -> [Float]? {
      if file.isFinished { return nil }
      return try await onWaitingThread { [file] in try file.next() }
    }
  }
}

/// A file that is opened when it is first read from, on whatever thread.
private final class ChunkReader: Sendable {
  private struct State: ~Copyable {
    var reader: AudioReader?
    var isFinished = false
  }

  private let path: String
  private let loader: AudioLoader
  private let state = Mutex(State())

  var isFinished: Bool { state.withLock { $0.isFinished } }

  init(path: String, loader: AudioLoader) {
    self.path = path
    self.loader = loader
  }

  func next() throws -> [Float]? { try state.withLock { try next(&$0) } }

  private func next(_ state: inout State) throws -> [Float]? {
    let isFirst = state.reader == nil
    // Until it is known that more can come: an error ends the sequence.
    state.isFinished = true
    var reader = try state.reader.take() ?? loader.open(path)
    var samples: [Float] = []
    while samples.isEmpty {
      guard try reader.read(appendingTo: &samples) else {
        if isFirst { throw AudioError.noSamples(path: path) }
        return nil
      }
    }
    state.reader = consume reader
    state.isFinished = false
    return samples
  }
}
