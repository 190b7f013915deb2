internal import Dispatch
internal import Synchronization

/// A parallel loop with dynamic scheduling: each worker takes the next index when it is free.
struct ParallelLoop: Sendable {
  /// The largest number of threads that work at the same time.
  let threadCount: Int

  /// Calls the body once for every index below a count, and returns when all calls have returned.
  ///
  /// Which worker gets which index differs from run to run; results must not depend on it. No two calls with the same worker run at the same time
  /// within one loop. Loops may be nested, and run from many threads at once.
  func run(count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
    precondition(count >= 0, "negative count \(count)")
    let workers = min(threadCount, count)
    guard workers > 1 else {
      for index in 0..<count { body(index, 0) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index, worker)
      }
    }
  }
}
