import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTLibrary
import MAESTWeights

extension ExitCode {
  /// Nothing more can be done: the output cannot be written, a run of `maest annotate` cannot begin or go on. Failures of
  /// single inputs are ``failure``.
  static let outputFailure = ExitCode(2)

  /// The code for an error.
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
  /// Whether it is the output that cannot be written, not an input of a merge that cannot be read.
  fileprivate var isOfOutput: Bool {
    switch self {
    case .busy, .cannotWrite, .exists, .unknownEnding: true
    case .cannotRead, .notRecords, .laterVersion, .notMergeable, .notRecord, .mixedSettings: false
    }
  }
}

/// Reports an error as one line on standard error; `file` is named where the message does not begin with it.
func report(_ error: any Error, file: String? = nil) {
  report("\(error)" + (commandHint(for: error).map { " (\($0))" } ?? ""), file: file)
}

/// Reports what an error says, likewise.
func report(_ message: String, file: String?) {
  let prefix = file.map { message.hasPrefix("\($0): ") ? "" : "\($0): " } ?? ""
  let line = (prefix + message).split(whereSeparator: \.isNewline).joined(separator: " ")
  StandardError.print("maest: \(line)")
}

/// Runs `body`; a failure becomes one line on standard error, as by `report`, and an exit code.
func attempt<Result>(file: String? = nil, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch {
    StandardError.show(progress: "")
    report(error, file: file)
    throw ExitCode(error)
  }
}
