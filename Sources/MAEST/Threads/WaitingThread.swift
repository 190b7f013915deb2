import Foundation

/// Runs work that waits, for files or other programs, on a thread of its own: it blocks neither the threads that tasks
/// share nor those that compute.
package func onWaitingThread<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}
