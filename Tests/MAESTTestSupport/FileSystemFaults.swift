import Foundation
import MAESTFiles
import MAESTWeights
import Synchronization

/// Makes the calls fail with which the code under test changes files.
///
/// ```swift
/// let calls = try FileSystemFaults.recording { try write() }
/// for index in calls.indices {
///   try? FileSystemFaults.cutting(at: index) { try write() }
///   // Look at what is on disk now.
/// }
/// ```
///
/// Only calls of the thread or task that runs the body are counted.
public enum FileSystemFaults {
  /// Runs `body` and tells the calls that it made.
  package static func recording(_ body: () throws -> Void) rethrows -> [FileSystemCalls.Call] {
    let calls = Log()
    try FileSystemCalls.$interceptor.withValue(.init { calls.add($0) }, operation: body)
    return calls.calls.withLock { $0 }
  }

  private final class Log: Sendable {
    let calls = Mutex<[FileSystemCalls.Call]>([])

    func add(_ call: FileSystemCalls.Call) -> FileSystemCalls.Outcome {
      calls.withLock { $0.append(call) }
      return .performed
    }
  }

  private final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
  }

  /// Runs `body`, of which nothing reaches the file system from the call `index` on: what is on disk afterwards is what
  /// a process leaves that is killed there.
  ///
  /// - Parameter writtenBytes: where the call is a write, of so many bytes it has written before.
  public static func cutting<Value>(
    at index: Int, afterBytes writtenBytes: Int = 0, _ body: () throws -> Value
  ) rethrows -> Value {
    let counter = Counter()
    let outcome = { @Sendable (_: FileSystemCalls.Call) -> FileSystemCalls.Outcome in
      let position = counter.next()
      if position < index { return .performed }
      return .failed(code: EIO, afterBytes: position == index ? writtenBytes : 0)
    }
    return try FileSystemCalls.$interceptor.withValue(.init(outcome), operation: body)
  }

  /// Runs `body` with the call `index` failing; those after it, such as what tidies up, are made.
  ///
  /// - Parameter code: an `errno`.
  public static func failing<Value>(
    at index: Int, code: Int32 = EIO, _ body: () throws -> Value
  ) rethrows -> Value {
    let counter = Counter()
    let outcome = { @Sendable (_: FileSystemCalls.Call) -> FileSystemCalls.Outcome in
      counter.next() == index ? .failed(code: code) : .performed
    }
    return try FileSystemCalls.$interceptor.withValue(.init(outcome), operation: body)
  }

  /// Runs `body` with every call of one kind failing.
  package static func failing<Value>(
    _ operation: FileSystemCalls.Operation, code: Int32, _ body: () throws -> Value
  ) rethrows -> Value {
    let outcome = { @Sendable (call: FileSystemCalls.Call) -> FileSystemCalls.Outcome in
      call.operation == operation ? .failed(code: code) : .performed
    }
    return try FileSystemCalls.$interceptor.withValue(.init(outcome), operation: body)
  }
}
