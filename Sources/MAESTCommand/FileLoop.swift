import ArgumentParser

/// Goes through audio files; one that fails does not stop the others. Each failure is one line on standard error,
/// and the exit code is 1 in the end.
///
/// - Parameters:
///   - body: `place` is the text before the file's name in progress lines.
///   - failed: called besides for a file that failed.
func forEachFile(
  _ files: [String], _ body: (_ file: String, _ place: String) async throws -> Void,
  failed: (_ error: any Error, _ file: String) -> Void = { _, _ in }
) async throws {
  var failureCount = 0
  for (index, file) in files.enumerated() {
    do {
      try await body(file, files.count == 1 ? "" : "of file \(index + 1)/\(files.count) ")
    } catch let error as OutputError {
      throw error
    } catch {
      failureCount += 1
      StandardError.show(progress: "")
      report(error, file: file)
      failed(error, file)
    }
  }
  guard failureCount > 0 else { return }
  if files.count > 1 { StandardError.print("maest: \(failureCount) of \(files.count) files failed") }
  throw ExitCode.failure
}
