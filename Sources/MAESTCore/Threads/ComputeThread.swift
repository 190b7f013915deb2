import Dispatch
import Foundation
import Synchronization

/// Whether a task was cancelled, to be asked from a thread outside of it.
private final class CancellationFlag: Sendable {
  private let isSet = Atomic<Bool>(false)

  func set() { isSet.store(true, ordering: .relaxed) }

  func check() throws(CancellationError) {
    if isSet.load(ordering: .relaxed) { throw CancellationError() }
  }
}

/// Runs work that waits, for files or other programs, on a thread of its own: it blocks neither the threads that tasks
/// share nor those that compute.
package func onWaitingThread<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}

/// Runs long work on a thread of Dispatch's, so that it blocks none of those that tasks share.
///
/// - Parameter work: calls the checkpoint that it is given now and then; once the task is cancelled, that throws
///   `CancellationError`.
package func onComputeThread<Result: Sendable>(
  _ work: @escaping @Sendable (_ checkpoint: () throws -> Void) throws -> Result
) async throws -> Result {
  let flag = CancellationFlag()
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Swift.Result { try work { try flag.check() } })
      }
    }
  } onCancel: {
    flag.set()
  }
}
