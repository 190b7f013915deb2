import ArgumentParser
import MAESTFiles
import MAESTWeights

/// Calls `body` for each audio file. A file that fails is reported as one line on standard error and does not stop the
/// others; the exit code is then 1. If the output cannot be written, the loop stops with exit code 2.
///
/// - Parameters:
///   - body: `place` is the text before the file's name in progress lines.
///   - failed: called after the report for each file that failed.
func forEachFile(
  _ files: AudioFiles, _ body: (_ file: AudioFiles.Item, _ place: String) async throws -> Void,
  failed: (_ error: any Error, _ file: String) -> Void = { _, _ in }
) async throws {
  let items = files.items
  var failureCount = 0
  for (index, file) in items.enumerated() {
    do {
      if let failure = file.failure { throw failure }
      try await body(file, items.count == 1 ? "" : "of file \(index + 1)/\(items.count) ")
    } catch let error as StandardOutputError {
      throw error
    } catch {
      failureCount += 1
      StandardError.show(progress: "")
      report(error, file: file.name)
      guard ExitCode(error) == .failure else { throw ExitCode(error) }
      failed(error, file.name)
    }
    StandardError.show(progress: "")
  }
  guard failureCount > 0 else { return }
  if items.count > 1 { StandardError.print("maest: \(failureCount) of \(items.count) files failed") }
  throw ExitCode.failure
}
