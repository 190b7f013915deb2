import Dispatch
import Foundation
import MAESTCore
import Synchronization
import Testing

/// Values on their way between threads.
@Suite struct BoundedQueueTests {
  private final class State: Sendable {
    let found = Mutex<[Int]>([])
    private let producers: Mutex<Int>

    init(_ count: Int) { producers = Mutex(count) }

    func isLastProducer() -> Bool {
      producers.withLock { count in
        count -= 1
        return count == 0
      }
    }
  }

  @Test(arguments: [(1, 1, 1, 1), (2, 3, 4, 2), (64, 4, 2, 8)])
  func everyValueArrivesOnce(capacity: Int, producers: Int, consumers: Int, limit: Int) async {
    let queue = BoundedQueue<Int>(capacity: capacity)
    let count = 2000
    let state = State(producers)
    await withTaskGroup(of: Void.self) { group in
      for producer in 0..<producers {
        group.addTask {
          await onOwnThread {
            for value in 0..<count { #expect(queue.put(producer * count + value)) }
            if state.isLastProducer() { queue.close() }
          }
        }
      }
      for _ in 0..<consumers {
        group.addTask {
          await onOwnThread {
            while true {
              let taken = queue.take(upTo: limit)
              if taken.isEmpty { return }
              #expect(taken.count <= limit)
              state.found.withLock { $0 += taken }
            }
          }
        }
      }
    }
    let found = state.found.withLock { $0.sorted() }
    #expect(found == Array(0..<producers * count))
  }

  @Test func oneConsumerSeesTheOrder() async {
    let queue = BoundedQueue<Int>(capacity: 3)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await onOwnThread {
          for value in 0..<1000 { _ = queue.put(value) }
          queue.close()
        }
      }
      group.addTask {
        await onOwnThread {
          var found: [Int] = []
          while case let taken = queue.take(upTo: 7), !taken.isEmpty { found += taken }
          #expect(found == Array(0..<1000))
        }
      }
    }
  }

  @Test func consumersLeaveTheOthersTheirShare() {
    let queue = BoundedQueue<Int>(capacity: 9)
    for value in 0..<9 { #expect(queue.put(value)) }
    queue.close()
    let taken = (0..<6).map { _ in queue.take(upTo: 3, sharedBy: 2) }
    #expect(taken == [[0, 1, 2], [3, 4, 5], [6, 7], [8], [], []])
  }

  @Test func abandonedQueuesWakeEverybodyAndDropWhatIsThere() async {
    let queue = BoundedQueue<Int>(capacity: 1)
    #expect(queue.put(1))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { await onOwnThread { #expect(!queue.put(2)) } } }
      group.addTask { await onOwnThread { queue.abandon() } }
    }
    #expect(queue.take(upTo: 5).isEmpty && !queue.put(3) && queue.take(upTo: 1).isEmpty)
  }

  @Test func aCheckpointEndsTheWaiting() {
    struct Stop: Error {}
    let queue = BoundedQueue<Int>(capacity: 1)
    #expect(throws: Stop.self) { try queue.take(upTo: 1) { throw Stop() } }
    #expect(queue.put(5))
    #expect(throws: Never.self) { try queue.take(upTo: 1) { throw Stop() } }
  }

  /// The threads that tasks share are as few as the cores: waiting ones would leave none.
  private func onOwnThread(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        work()
        continuation.resume()
      }
    }
  }
}
