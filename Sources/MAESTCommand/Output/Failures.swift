import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTLibrary
import MAESTWeights

extension ExitCode {
  /// The command cannot continue: the output cannot be written, or a run of `maest annotate` cannot begin or go on.
  /// Failures of single inputs are ``failure``.
  static let outputFailure = ExitCode(2)

  /// The exit code for an error.
  init(_ error: any Error) {
    let isOfOutput =
      switch error {
      case is StandardOutputError, is FileWriteError: true
      case let error as RecordOutputError: error.isOfOutput
      default: false
      }
    self = isOfOutput ? .outputFailure : .failure
  }
}

extension RecordOutputError {
  /// Whether the error concerns the output, rather than an input of a merge.
  fileprivate var isOfOutput: Bool {
    switch self {
    case .busy, .cannotWrite, .exists, .unknownEnding: true
    case .cannotRead, .notRecords, .laterVersion, .notMergeable, .notRecord, .mixedSettings: false
    }
  }
}

/// Reports an error as one line on standard error, prefixed with `file` unless the message begins with it.
func report(_ error: any Error, file: String? = nil) {
  report("\(error)" + (commandHint(for: error).map { " (\($0))" } ?? ""), file: file)
}

/// Reports a message in the same way.
func report(_ message: String, file: String?) {
  let prefix = file.map { message.hasPrefix("\($0): ") ? "" : "\($0): " } ?? ""
  // Line breaks in the file's name are shown as such; those between the lines of a message are not.
  let named = file.map { message.replacing($0, with: $0.printable) } ?? message
  let line = (prefix.printable + named).split(whereSeparator: \.isNewline).joined(separator: " ")
  StandardError.print("maest: \(line)")
}

/// Runs `body`; if it throws, reports the error with `report` and throws the exit code.
func attempt<Result>(file: String? = nil, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch {
    StandardError.show(progress: "")
    report(error, file: file)
    throw ExitCode(error)
  }
}
