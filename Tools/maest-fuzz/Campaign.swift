import Foundation
import MAESTFuzzing
import Synchronization

/// Drives workers through all inputs, and takes note of those that fail.
///
/// A worker reads a run of inputs. Where it dies, the input that it was at has failed, and another worker goes on
/// behind it.
final class Campaign: Sendable {
  private static let runLength = 500

  private let inputs: InputOptions
  private let workerCount: Int
  private let failureFolder: String
  private let isQuiet: Bool
  private let state: Mutex<State>

  private struct State {
    var runs: [(reader: Reader, indices: Range<Int>)]
    var tally: Tally
  }

  init(inputs: InputOptions, readers: [Reader], workerCount: Int, failureFolder: String, isQuiet: Bool) {
    self.inputs = inputs
    self.workerCount = workerCount
    self.failureFolder = failureFolder
    self.isQuiet = isQuiet
    let end = inputs.first + inputs.count
    let runs = stride(from: inputs.first, to: end, by: Self.runLength).flatMap { start in
      readers.map { (reader: $0, indices: start..<min(start + Self.runLength, end)) }
    }
    state = Mutex(
      State(runs: runs.reversed(), tally: Tally(readers: readers, total: readers.count * inputs.count)))
  }

  var summary: String { state.withLock { $0.tally.summary } }
  var hasFailures: Bool { state.withLock { !$0.tally.failures.isEmpty } }

  /// Runs everything; throws where a worker cannot be started or does not work at all.
  func run() throws {
    let firstError = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: workerCount) { _ in
      do {
        while let (reader, indices) = state.withLock({ $0.runs.popLast() }) {
          guard firstError.withLock({ $0 == nil }) else { return }
          try run(reader, indices)
        }
      } catch { firstError.withLock { $0 = $0 ?? error } }
    }
    if let error = firstError.withLock({ $0 }) { throw error }
  }

  private func run(_ reader: Reader, _ indices: Range<Int>) throws {
    var rest = indices
    while !rest.isEmpty {
      let (last, failed) = try readOnce(reader, rest)
      if let failed { try fail(reader, failed) }
      guard let next = failed?.index ?? last else {
        throw WorkerProcess.Broken(description: "a worker read nothing")
      }
      rest = (next + 1)..<rest.upperBound
    }
  }

  /// Lets a worker read inputs; returns the last one that it has read, and the one that it died at, if any.
  private func readOnce(_ reader: Reader, _ indices: Range<Int>) throws -> (
    last: Int?, failed: WorkerProcess.End?
  ) {
    try withWorkerFolder { folder in
      let process = try WorkerProcess(reader, indices, inputs, folder: folder)
      var last: Int?
      let end = try process.follow { report in
        last = report.index
        let line = self.state.withLock { state in
          state.tally.add(report, reader)
          return state.tally.progress
        }
        if let line, !self.isQuiet { FileHandle.standardError.write(Data((line + "\n").utf8)) }
      }
      return (last, end)
    }
  }

  /// Reads a failed input once more, alone: to learn what kind of failure it is, and to keep it.
  private func fail(_ reader: Reader, _ first: WorkerProcess.End) throws {
    let index = first.index
    try withWorkerFolder { folder in
      func again(limitsMemory: Bool) throws -> WorkerProcess.End? {
        let process = try WorkerProcess(
          reader, index..<(index + 1), inputs, folder: folder, limitsMemory: limitsMemory)
        return try process.follow { _ in }
      }
      let kind: Failure.Kind
      if let end = try again(limitsMemory: true) {
        let isMemory = try !end.timedOut && again(limitsMemory: false) == nil
        kind = end.timedOut ? .time : isMemory ? .memory : .crash(signal: end.signal)
      } else {
        kind = .notAgain(signal: first.signal)
      }
      let kept = "\(failureFolder)/\(reader.rawValue)-\(inputs.seed)-\(index)"
      try? FileManager.default.removeItem(atPath: kept)
      try FileManager.default.createDirectory(atPath: failureFolder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder, toPath: kept)
      let failure = Failure(
        kind: kind, reader: reader, seed: inputs.seed, index: index, path: kept, sources: inputs.sources)
      self.state.withLock { $0.tally.failures.append(failure) }
      FileHandle.standardError.write(Data("\(failure)\n".utf8))
    }
  }

  private func withWorkerFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "maest-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path(percentEncoded: false) + "/input")
  }
}
