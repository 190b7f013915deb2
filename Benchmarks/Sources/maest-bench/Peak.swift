import CPeak
import Dispatch
import MAESTKernels
import Synchronization

/// The most that the cores do: multiplications and additions in registers, and nothing else.
struct Peak {
  private static let iterationCount: UInt64 = 4_000_000
  private let vectors: peak_vectors
  private let lanes: Int

  /// Vectors as wide as those of some kernels, so that MAEST_CPU holds here too.
  init(_ compute: Compute) {
    lanes = compute.elementwise.vectorWidth
    vectors = lanes == 16 ? peak_vectors_16 : lanes == 8 ? peak_vectors_8 : peak_vectors_4
    precondition(peak_supports(vectors), "vectors of \(lanes)")
  }

  func benchmark(threadCount: Int) -> BenchmarkCase {
    let operations = peak_operations(vectors) * Self.iterationCount * UInt64(threadCount)
    return BenchmarkCase(
      name: "peak, vectors of \(lanes)", threadCount: threadCount, gigaflop: Double(operations) / 1e9,
      isPeak: true
    ) { [vectors] in
      // Looked at below, so that no compiler leaves the work out.
      let isFinite = Atomic<Bool>(true)
      DispatchQueue.concurrentPerform(iterations: threadCount) { _ in
        if !peak_run(vectors, Self.iterationCount).isFinite { isFinite.store(false, ordering: .relaxed) }
      }
      precondition(isFinite.load(ordering: .relaxed), "the sums converge to 1")
    }
  }
}
