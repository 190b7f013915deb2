import ArgumentParser
import MAESTFiles
import MAESTWeights

/// Goes through audio files; one that fails does not stop the others. Each failure is one line on standard error, and the
/// exit code is 1 in the end; where the output cannot be written, it stops with 2.
///
/// - Parameters:
///   - body: `place` is the text before the file's name in progress lines.
///   - failed: called besides for a file that failed.
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
