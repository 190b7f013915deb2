import Foundation
import MAESTTestSupport

/// A built program, run as a user runs it.
struct Program {
  let name: String
  static let maest = Program(name: "maest")
  static let convert = Program(name: "maest-convert")

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
  ///   - lineCount: after so many lines of output the input stays open and the program gets SIGINT.
  func run(
    _ arguments: [String], folder: String, environment: [String: String] = [:], input: Data? = nil,
    interruptedAfterLines lineCount: Int? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = try Self.buildFolder().appendingPathComponent(name)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["XDG_CACHE_HOME"] = folder + "/cache"
    variables["XDG_DATA_HOME"] = folder + "/data"
    variables["MAEST_MODEL"] = nil
    process.environment = variables.merging(environment) { $1 }
    // Files, not pipes: a full pipe would stop the program.
    let (output, errors) = (folder + "/output-\(UUID())", folder + "/errors-\(UUID())")
    for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    // A program that ends early must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    let standardInput = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : standardInput
    try process.run()
    if let input { try? standardInput.fileHandleForWriting.write(contentsOf: input) }
    if let lineCount {
      try Self.wait(until: {
        try String(contentsOfFile: output, encoding: .utf8).count { $0 == "\n" } >= lineCount
      })
      process.interrupt()
      process.waitUntilExit()
    }
    try? standardInput.fileHandleForWriting.close()
    process.waitUntilExit()
    return Result(
      exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
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
