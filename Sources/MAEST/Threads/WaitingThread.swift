import Foundation

/// Runs blocking work, such as reading files or waiting for other programs, on a dedicated thread. It blocks neither
/// Swift's cooperative thread pool nor the compute threads.
package func onWaitingThread<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}
