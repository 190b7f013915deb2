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

  @Test(arguments: MultiplicationTests.backends)
  func resultsDoNotDependOnTheThreadCount(backend: MatrixBackend) throws {
    var samples = Samples(seed: 14)
    let (rows, width, block) = (101, 96, 16)
    let input = Matrix(copying: samples.numbers(rows * width), rows: rows, columns: width)
    let weight = Matrix(copying: samples.numbers(width * width), rows: width, columns: width)
    let bias = Vector(copying: samples.numbers(width))
    func result(threadCount: Int) throws -> [Float] {
      let compute = try Compute(backend: backend, threadCount: threadCount)
      let output = MutableMatrix(rows: rows, columns: width)
      compute.parallel(count: (rows + block - 1) / block) { index, _ in
        let range = index * block..<min((index + 1) * block, rows)
        compute.linear(input[rows: range], weight: weight, bias: bias, into: output[rows: range])
        compute.gelu(output[rows: range])
      }
      return output.elements()
    }
    let alone = try result(threadCount: 1)
    for threadCount in [2, 5] {
      #expect(bitDifferences(try result(threadCount: threadCount), alone) == nil)
    }
  }
}
