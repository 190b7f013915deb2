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
    let mode: TensorflowPredictMAEST.LastPatchMode = seed % 2 == 0 ? .discard : .repeat
    let shortest = mode == .discard ? 80_385 : 1
    let signal = Array(
      try Reference.signal.get().prefix(Int.random(in: shortest...190_000, using: &random)))
    let longest = [1000, 5000, 40_000, 200_000].randomElement(using: &random) ?? 1000
    let chunks = Chunks(
      signal: signal, lengths: (0..<2000).map { _ in Int.random(in: 0...longest, using: &random) })
    let predict = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, output: ["activations", "layer 2"].randomElement(using: &random),
      patchHopSize: [0, 100, 313, 316].randomElement(using: &random), lastPatchMode: mode,
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

  /// A source that goes on whatever happens to its task.
  private struct Stubborn: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = [Float]

    func makeAsyncIterator() -> Stubborn { self }
    mutating func next() async -> [Float]? { Array(repeating: 0.1, count: 16_000) }
  }

  /// Cancelled after its second prediction, a stream without end throws, whether its source ends by itself or not.
  @Test(arguments: [false, true]) func cancellation(sourceEnds: Bool) async throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2)
    let count = Chunks.Counter()
    let task = Task {
      func run(_ source: some AsyncSequence<[Float], Never> & Sendable) async throws {
        for try await _ in try predict.predictions(of: source) {
          let seen = count.value.add(1, ordering: .relaxed).newValue
          if seen == 2 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }
      if sourceEnds {
        try await run(AsyncStream(unfolding: { [Float](repeating: 0.1, count: 16_000) }))
      } else {
        try await run(Stubborn())
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(count.value.load(ordering: .relaxed) == 2)
  }

  /// What was predicted before a bad sample is handed out before the error.
  @Test func nothingIsLostOnAnError() async throws {
    var signal = try Reference.signal.get()
    signal[150_000] = .nan
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2, batchSize: -1)
    let chunks = Chunks(signal: signal, lengths: Array(repeating: 1000, count: 1000))
    var iterator = try predict.predictions(of: chunks).makeAsyncIterator()
    #expect(try await iterator.next()?.shape == [1, 1, 1, 400])
    await #expect(throws: SignalError.self) { try await iterator.next() }
  }

  /// Two iterators of one sequence at once do not disturb each other.
  @Test func oneSequenceRunThroughTwice() async throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: "layer 4")
    let signal = try Reference.signal.get()
    let sequence = try predict.predictions(of: Chunks(signal: signal, lengths: []))
    let expected = try predict(signal).elements
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var found: [Float] = []
          for try await batch in sequence { found += batch.elements }
          return found
        }
      }
      for try await found in group { expectIdentical(found, expected) }
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
