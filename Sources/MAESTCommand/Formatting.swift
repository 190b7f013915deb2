import ArgumentParser
import Foundation
import MAEST

/// A number with so many digits after the point, whatever the locale.
func fixed(_ value: Float, digits: Int) -> String {
  String(format: "%.\(digits)f", Double(value))
}

/// "1 patch", "2 patches".
func patches(_ count: Int) -> String { count == 1 ? "1 patch" : "\(count) patches" }

/// Encodes a value as one line of JSON with sorted keys.
///
/// - Parameter snakeCase: whether `relativeError` becomes `relative_error`.
func jsonLine(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Prints a line that a program at the other end of a pipe gets at once.
func printNow(_ line: String) throws {
  print(line)
  try flushOutput()
}

/// Writes what was printed and is still held back.
///
/// - Throws: ``OutputError``.
func flushOutput() throws {
  guard fflush(nil) == 0 else { throw OutputError() }
}

/// Standard output cannot be written.
struct OutputError: Error, CustomStringConvertible {
  let code = errno
  var description: String { "cannot write the output: \(String(cString: strerror(code)))" }
}

/// Reports an error as one line on standard error; `file` is named where the message does not.
func report(_ error: any Error, file: String? = nil) {
  let message = "\(error)"
  let prefix = file.map { message.contains($0) ? "" : "\($0): " } ?? ""
  StandardError.print("maest: \(prefix)\(message)")
}

/// Runs `body`; a failure becomes one line on standard error, as by `report`, and exit code 1.
func attempt<Result>(file: String? = nil, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch {
    report(error, file: file)
    throw ExitCode.failure
  }
}
