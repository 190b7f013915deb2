import MAESTKernels
import MAESTTensor
import Synchronization
import Testing

/// The loop whose items threads share.
struct ParallelTests {
  /// What a loop's body was called with.
  private struct Log: Sendable {
    var times: [Int]
    var active: Set<Int> = []
    var faults: [String] = []
  }

  private func run(_ compute: Compute, count: Int) -> Log {
    let log = Mutex(Log(times: [Int](repeating: 0, count: count)))
    compute.parallel(count: count) { index, worker in
      log.withLock {
        $0.times[index] += 1
        if !(0..<compute.threadCount).contains(worker) { $0.faults.append("worker \(worker)") }
        if !$0.active.insert(worker).inserted { $0.faults.append("worker \(worker) twice at once") }
      }
      log.withLock { _ = $0.active.remove(worker) }
    }
    return log.withLock { $0 }
  }

  @Test(arguments: [1, 2, 3, 16], [0, 1, 2, 3, 17, 1000])
  func everyIndexOnce(threadCount: Int, count: Int) throws {
    let log = run(try Compute(backend: .reference, threadCount: threadCount), count: count)
    #expect(log.times == [Int](repeating: 1, count: count))
    #expect(log.faults.isEmpty)
  }

  @Test func loopsMayBeNested() throws {
    let compute = try Compute(backend: .reference, threadCount: 4)
    let total = Atomic<Int>(0)
    compute.parallel(count: 20) { outer, _ in
      compute.parallel(count: 30) { inner, _ in
        total.add(outer * 30 + inner, ordering: .relaxed)
      }
    }
    #expect(total.load(ordering: .relaxed) == 600 * 599 / 2)
  }

  @Test func loopsMayRunAtTheSameTime() async throws {
    let compute = try Compute(backend: .reference, threadCount: 3)
    await withTaskGroup(of: Log.self) { group in
      for _ in 0..<16 { group.addTask { run(compute, count: 300) } }
      for await log in group {
        #expect(log.times == [Int](repeating: 1, count: 300))
        #expect(log.faults.isEmpty)
      }
    }
  }

  /// Dense layers in runs of rows, then attention in runs of queries, as a network has them.
  @Test(arguments: KernelChoice.products)
  func resultsDoNotDependOnTheThreadCount(choice: KernelChoice) throws {
    var samples = Samples(seed: 14)
    let (rows, width) = (301, 64)
    let input = Matrix(copying: samples.numbers(rows * width), rows: rows, columns: width)
    let weight = Weight(Matrix(copying: samples.numbers(width * width), rows: width, columns: width))
    let bias = Vector(copying: samples.numbers(width))
    func result(threadCount: Int) throws -> [Float] {
      let compute = try choice.compute(threadCount: threadCount)
      let weight = compute.packed(weight)
      let (hidden, output) = (
        MutableMatrix(rows: rows, columns: width), MutableMatrix(rows: rows, columns: width)
      )
      let blocks = compute.denseBlocks(of: rows)
      compute.parallel(count: blocks.count) { index, _ in
        let range = blocks[index]
        compute.linear(
          input[rows: range], weight: weight, bias: bias, activation: .gelu, into: hidden[rows: range])
      }
      let queries = compute.queryBlocks(of: rows, attentionCount: 2)
      let shape = AttentionShape(queries: queries.longest, keys: rows, width: 32, valueWidth: 32)
      let scratch = (0..<threadCount).map { _ in
        MutableMatrix(rows: 1, columns: compute.attentionScratchCount(shape))
      }
      compute.parallel(count: 2 * queries.count) { index, worker in
        let columns = index % 2 * 32..<index % 2 * 32 + 32
        let range = queries[index / 2]
        let head = hidden[columns: columns]
        compute.attention(
          query: head[rows: range].readOnly, key: head.readOnly, value: input[columns: columns], scale: 0.125,
          scratch: scratch[worker], into: output[rows: range][columns: columns])
      }
      return output.elements()
    }
    let alone = try result(threadCount: 1)
    for threadCount in [2, 3, 8] {
      #expect(bitDifferences(try result(threadCount: threadCount), alone) == nil)
    }
  }
}
