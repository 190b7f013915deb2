import Foundation
import MAEST
import MAESTEssentia
import MAESTTestSupport
import Synchronization
import Testing

/// Chunks of given lengths out of a signal, with a count of those that were asked for.
struct Chunks: AsyncSequence, Sendable {
  typealias Element = [Float]

  let signal: [Float]
  let lengths: [Int]
  let asked = Counter()

  final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    var rest: ArraySlice<Float>
    var lengths: ArraySlice<Int>
    let asked: Counter

    mutating func next() async -> [Float]? {
      guard !rest.isEmpty else { return nil }
      asked.value.add(1, ordering: .relaxed)
      let chunk = rest.prefix(lengths.popFirst() ?? rest.count)
      rest = rest.dropFirst(chunk.count)
      return Array(chunk)
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(rest: signal[...], lengths: lengths[...], asked: asked)
  }
}

/// Streaming gives what standard mode gives, bit for bit.
@Suite struct StreamingTests {
  @Test(arguments: 0..<12) func randomChunks(seed: Int) async throws {
    var random = SeededRandom(seed: UInt64(seed))
    let signal = Array(try Reference.signal.get().prefix(Int.random(in: 1...190_000, using: &random)))
    let longest = [1000, 5000, 40_000, 200_000].randomElement(using: &random) ?? 1000
    let chunks = Chunks(
      signal: signal, lengths: (0..<2000).map { _ in Int.random(in: 0...longest, using: &random) })
    let predict = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, output: ["activations", "layer 2"].randomElement(using: &random),
      patchHopSize: [0, 100, 313, 316].randomElement(using: &random), lastPatchMode: .repeat,
      batchSize: [-1, 0, 1, 2, 3].randomElement(using: &random) ?? 1)
    let expected = try predict(signal)
    var found: [Tensor] = []
    for try await batch in try predict.predictions(of: chunks) { found.append(batch) }
    expectIdentical(found.flatMap(\.elements), expected.elements, "seed \(seed)")
    let size = predict.parameters.batchSize < 1 ? expected.shape[0] : predict.parameters.batchSize
    #expect(found.dropLast().allSatisfy { $0.shape[0] == size })
    #expect(found.reduce(0) { $0 + $1.shape[0] } == expected.shape[0])
  }

  /// No further chunk is asked for before a patch is handed out, and the patch comes as soon as it is full.
  @Test func backPressure() async throws {
    let signal = try Reference.signal.get()
    let chunks = Chunks(signal: signal, lengths: Array(repeating: 1000, count: 1000))
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2)
    var iterator = try predict.predictions(of: chunks).makeAsyncIterator()
    #expect(try await iterator.next() != nil)
    // The last frame of the first patch is centred on sample 315 · 256 and reaches 256 samples beyond.
    #expect(chunks.asked.value.load(ordering: .relaxed) == (315 * 256 + 256 + 999) / 1000)
  }

  @Test(arguments: [0, 80_384]) func tooShortAtTheEnd(count: Int) async throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2)
    let chunks = Chunks(signal: Array(try Reference.signal.get().prefix(count)), lengths: [])
    var iterator = try predict.predictions(of: chunks).makeAsyncIterator()
    do {
      _ = try await iterator.next()
      Issue.record("no error")
    } catch let error as EssentiaError {
      #expect(error.reason == (count == 0 ? .emptySignal : .tooShort(sampleCount: count, needed: 80_385)))
    }
  }

  @Test func cancellation() async throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2)
    let endless = AsyncStream<[Float]>(unfolding: { [Float](repeating: 0.1, count: 16_000) })
    let task = Task {
      var count = 0
      for try await _ in try predict.predictions(of: endless) {
        count += 1
        if count == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return count
    }
    // The stream ends when the task is cancelled; then the iteration throws or stops, but never goes on.
    let result = await task.result
    switch result {
    case .success(let count): #expect(count <= 3)
    case .failure(let error): #expect(error is CancellationError || error is EssentiaError)
    }
  }

  @Test func errorsOfTheSourcePassThrough() async throws {
    struct Broken: Error {}
    let source = AsyncThrowingStream<[Float], any Error>(unfolding: { throw Broken() })
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2)
    await #expect(throws: Broken.self) {
      for try await _ in try predict.predictions(of: source) {}
    }
  }

  /// One algorithm, eight threads at once, each with its own signal.
  @Test func concurrentUse() async throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: "layer 12")
    let signal = try Reference.signal.get()
    let signals = (0..<8).map { Array(signal.dropFirst($0 * 1000)) }
    let serial = try signals.map { try predict($0).elements }
    let parallel = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for (index, signal) in signals.enumerated() {
        group.addTask { (index, try predict(signal).elements) }
      }
      var results = [[Float]](repeating: [], count: signals.count)
      for try await (index, elements) in group { results[index] = elements }
      return results
    }
    for index in signals.indices { expectIdentical(parallel[index], serial[index], "signal \(index)") }
  }
}
