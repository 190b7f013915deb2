public import MAEST

/// The predictions of a stream, batch by batch; see ``TensorflowPredictMAEST/predictions(of:)``.
public struct PredictionSequence<Chunks: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Chunks.Element == [Float] {
  /// `[patch, 1, token, embedding]`: `batchSize` patches, fewer in the last batch.
  public typealias Element = Tensor

  let patches: PatchSequence<Chunks, Tensor>
  let batchSize: Int
  /// Name of the output, for error messages.
  let output: String
  let check: ParameterCheck

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(
      patches: patches.makeAsyncIterator(), batchSize: batchSize, output: output, check: check)
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private var patches: PatchSequence<Chunks, Tensor>.AsyncIterator
    private let batchSize: Int
    private let output: String
    private let check: ParameterCheck
    /// An error that occurred while a batch was partly filled; thrown after that batch.
    private var failure: (any Error)?

    init(
      patches: PatchSequence<Chunks, Tensor>.AsyncIterator, batchSize: Int, output: String,
      check: ParameterCheck
    ) {
      self.patches = patches
      self.batchSize = batchSize
      self.output = output
      self.check = check
    }

    /// Returns the next batch; nil after the last one. Predictions made before an error are returned before it is
    /// thrown.
    public mutating func next() async throws -> Tensor? {
      if let failure {
        self.failure = nil
        throw failure
      }
      var batch: [Tensor] = []
      do {
        while batchSize < 1 || batch.count < batchSize {
          guard let prediction = try await patches.next() else { break }
          batch.append(prediction)
        }
      } catch SignalError.noSamples {
        throw check.runFailure(.emptySignal)
      } catch SignalError.tooShort(let count, let needed, _) {
        throw check.runFailure(.tooShort(sampleCount: count, needed: needed))
      } catch {
        guard !batch.isEmpty else { throw error }
        failure = error
      }
      return batch.isEmpty ? nil : try check.joined(batch, of: output)
    }
  }
}
