import Foundation
import Logging
import MAESTCore
import Synchronization

/// Whether only errors are shown.
private let isQuiet = Atomic(false)

/// Messages for people, beside the results on standard output.
enum StandardError {
  /// Logs to standard error, a line a message.
  static var logger: Logger { Logger(label: "maest", factory: { _ in LineHandler() }) }

  /// From now on shows nothing but errors.
  static func beQuiet() { isQuiet.store(true, ordering: .relaxed) }

  /// Prints an error, or what somebody asked for.
  static func print(_ line: String) {
    write(line + "\n")
  }

  /// Prints what is good to know, unless only errors are wanted.
  static func note(_ text: String) {
    if !isQuiet.load(ordering: .relaxed) { print("maest: \(text)") }
  }

  /// Shows a line that the next one replaces, on a terminal only.
  static func show(progress line: String) {
    guard !isQuiet.load(ordering: .relaxed), isatty(FileHandle.standardError.fileDescriptor) == 1 else {
      return
    }
    write("\r\u{1B}[K\(line)")
  }

  /// Where messages cannot be written there is nobody to tell it to.
  private static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Shows how many patches of a file are done.
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
