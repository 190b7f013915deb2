import Foundation
import Logging
import MAESTCore
import MAESTFiles
import Synchronization

/// Whether only errors are shown.
private let isQuiet = Atomic(false)

/// Prints messages and progress to standard error.
enum StandardError {
  /// A logger that prints each message as a line.
  static var logger: Logger { Logger(label: "maest", factory: { _ in LineHandler() }) }

  /// Suppresses everything but errors from now on.
  static func beQuiet() { isQuiet.store(true, ordering: .relaxed) }

  /// Prints a line for people, also in quiet mode.
  static func print(_ line: String) {
    write(line.printable + "\n")
  }

  /// Prints a line of JSON, which has escapes of its own, also in quiet mode.
  static func print(json line: String) {
    write(line + "\n")
  }

  /// Prints text of several lines for people, also in quiet mode.
  static func print(lines: String) {
    write(lines.printableLines + "\n")
  }

  /// Prints a notice, unless in quiet mode.
  static func note(_ text: String) {
    if !isQuiet.load(ordering: .relaxed) { print("maest: \(text)") }
  }

  /// Shows a progress line that replaces the previous one, on a terminal only.
  static func show(progress line: String) {
    guard !isQuiet.load(ordering: .relaxed), isatty(FileHandle.standardError.fileDescriptor) == 1 else {
      return
    }
    write("\r\u{1B}[K\(line.printable)")
  }

  /// Writes text. Ignores errors: if standard error cannot be written, there is no place to report that.
  private static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Shows the number of patches of a file done so far.
  static func show(_ progress: AnalysisProgress, of file: String) {
    show(
      progress: "patch \(progress.patchCount)\(progress.expectedPatchCount.map { "/\($0)" } ?? "") \(file)")
  }

  private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      if event.level >= .error { StandardError.print("maest: \(event.message)") }
      if event.level < .error { StandardError.note("\(event.message)") }
    }
  }
}
