internal import Dispatch
internal import Synchronization

/// A loop whose items several threads take one by one.
struct ParallelLoop: Sendable {
  /// The most threads that work at once.
  let threadCount: Int

  /// Runs the body once for every index below a count, and returns when all are done.
  ///
  /// The workers take the next index as they become free, so which worker runs which index differs from
  /// run to run; results must not depend on it. No two calls with the same worker run at the same time
  /// within one loop. Loops may be nested, and run from many threads at once.
  func run(count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
    precondition(count >= 0, "a loop of \(count) items")
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
