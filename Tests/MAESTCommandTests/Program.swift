import Foundation
import MAESTTestSupport

/// A built program, run as a user runs it.
struct Program {
  let name: String
  static let maest = Program(name: "maest")
  static let convert = Program(name: "maest-convert")

  /// Where it is.
  var path: String { get throws { try Self.buildFolder().appendingPathComponent(name).path } }

  struct Result {
    let exitCode: Int32
    let output: String
    let errors: String
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// Runs the program with a cache and a model folder of its own below `folder`.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input; nil: nothing.
  ///   - outputPath, errorsPath: where its output and messages go instead of into the result.
  ///   - fileSizeLimit: the longest file that it can write, in units of 512 bytes, as on a full disk.
  ///   - preparation: what the shell does that becomes the program.
  ///   - lineCount: after so many lines of output the input stays open and the program gets a signal.
  ///   - watchedPath: the file whose lines are counted; nil: those of the output.
  ///   - interruption: the signal.
  func run(
    _ arguments: [String], folder: String, environment: [String: String] = [:], input: Data? = nil,
    outputPath: String? = nil, errorsPath: String? = nil, fileSizeLimit: Int? = nil,
    after preparation: String? = nil,
    interruptedAfterLines lineCount: Int? = nil, of watchedPath: String? = nil,
    by interruption: Int32 = SIGINT
  ) throws -> Result {
    let process = Process()
    let executable = URL(filePath: try path)
    // Ignored, the signal becomes an error of the write.
    let preparation = preparation ?? fileSizeLimit.map { "trap '' XFSZ; ulimit -f \($0)" }
    if let preparation {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(preparation); exec \"$0\" \"$@\"", executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(filePath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["XDG_CACHE_HOME"] = folder + "/cache"
    variables["XDG_DATA_HOME"] = folder + "/data"
    variables["MAEST_MODEL"] = nil
    process.environment = variables.merging(environment) { $1 }
    // Files, not pipes: a full pipe would stop the program.
    let (output, errors) = (folder + "/output-\(UUID())", folder + "/errors-\(UUID())")
    for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath ?? output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorsPath ?? errors))
    // A program that ends early must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    let standardInput = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : standardInput
    try process.run()
    if let input { try? standardInput.fileHandleForWriting.write(contentsOf: input) }
    if let lineCount {
      if lineCount == 0 { try Self.wait(until: { try Self.waitsForInput(process.processIdentifier) }) }
      try Self.wait(until: {
        let text = (try? Data(contentsOf: URL(filePath: watchedPath ?? output))) ?? Data()
        return !process.isRunning || text.count { $0 == UInt8(ascii: "\n") } >= lineCount
      })
      kill(process.processIdentifier, interruption)
      process.waitUntilExit()
    }
    try? standardInput.fileHandleForWriting.close()
    process.waitUntilExit()
    return Result(
      exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// Whether the process has loaded all it needs and catches SIGINT.
  private static func waitsForInput(_ process: Int32) throws -> Bool {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let caught = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    let mask = caught.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
    return mask & (1 << UInt64(SIGINT - 1)) != 0
  }

  private static func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<6000 where try !condition() { Thread.sleep(forTimeInterval: 0.01) }
  }

  /// The folder of built products: where this test bundle or program stands.
  private static func buildFolder() throws -> URL {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("maest-convert").path) {
        return folder
      }
    }
    throw MissingProgram(near: CommandLine.arguments[0])
  }

  struct MissingProgram: Error {
    let near: String
  }
}
