import Foundation
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
    let calls = Mutex<[FileSystemCalls.Call]>([])
    try FileSystemCalls.$interceptor.withValue { call in
      calls.withLock { $0.append(call) }
      return .performed
    } operation: {
      try body()
    }
    return calls.withLock { $0 }
  }

  /// Runs `body`, of which nothing reaches the file system from the call `index` on: what is on disk afterwards is what
  /// a process leaves that is killed there.
  ///
  /// - Parameter writtenBytes: where the call is a write, of so many bytes it has written before.
  public static func cutting<Result>(
    at index: Int, afterBytes writtenBytes: Int = 0, _ body: () throws -> Result
  ) rethrows -> Result {
    let count = Atomic(0)
    return try FileSystemCalls.$interceptor.withValue { _ in
      let position = count.wrappingAdd(1, ordering: .relaxed).oldValue
      if position < index { return .performed }
      return .failed(code: EIO, afterBytes: position == index ? writtenBytes : 0)
    } operation: {
      try body()
    }
  }

  /// Runs `body` with the call `index` failing; those after it, such as what tidies up, are made.
  ///
  /// - Parameter code: an `errno`.
  public static func failing(
    at index: Int, code: Int32 = EIO, _ body: () throws -> Void
  ) rethrows {
    let count = Atomic(0)
    try FileSystemCalls.$interceptor.withValue { _ in
      count.wrappingAdd(1, ordering: .relaxed).oldValue == index ? .failed(code: code) : .performed
    } operation: {
      try body()
    }
  }

  /// Runs `body` with every call of one kind failing.
  package static func failing(
    _ operation: FileSystemCalls.Operation, code: Int32, _ body: () throws -> Void
  ) rethrows {
    try FileSystemCalls.$interceptor.withValue { call in
      call.operation == operation ? .failed(code: code) : .performed
    } operation: {
      try body()
    }
  }
}
