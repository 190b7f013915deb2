import Foundation
import MAESTFuzzing

/// A process that reads a run of inputs: this program again, with the command `worker`.
struct WorkerProcess {
  /// What a worker says of an input that it has read.
  struct Report {
    var index: Int
    var isConverted: Bool
    var use: Limits.Use
  }

  /// How a worker died, and at which input.
  struct End: Equatable {
    var index: Int
    var signal: Int32

    var timedOut: Bool { signal == SIGALRM }
  }

  struct Broken: Error, CustomStringConvertible {
    var description: String
  }

  private let process = Process()
  private let output = Pipe()
  private let errorPath: String

  init(
    _ reader: Reader, _ indices: Range<Int>, _ inputs: InputOptions, folder: String, limitsMemory: Bool = true
  ) throws {
    process.executableURL = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
    if !FileManager.default.isExecutableFile(atPath: process.executableURL?.path ?? "") {
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    }
    process.arguments =
      [
        "worker", "--reader", reader.rawValue, "--seed", "\(inputs.seed)", "--first", "\(indices.lowerBound)",
        "--count", "\(indices.count)", "--folder", folder,
      ] + (limitsMemory ? [] : ["--no-memory-limit"])
      + (inputs.provoke.map { indices.contains(inputs.first) ? ["--provoke", $0.rawValue] : [] } ?? []) + [
        "--"
      ] + inputs.sources
    process.standardOutput = output
    // A crash prints a report that nobody needs, since the input is kept, and decoders print notes.
    errorPath = folder + "-errors"
    try Data().write(to: URL(filePath: errorPath))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    // glibc gives larger blocks back to the system when they are freed, so that they do not serve the next input.
    environment["MALLOC_MMAP_THRESHOLD_"] = "131072"
    environment["MALLOC_TRIM_THRESHOLD_"] = "131072"
    process.environment = environment
  }

  /// Runs the process; `report` is called for each input that was read. Returns how it died, or nil.
  func follow(_ report: (Report) -> Void) throws -> End? {
    try process.run()
    var begun: Int?
    var rest = Data()
    while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
      rest += data
      while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: rest[rest.startIndex..<newline], as: UTF8.self)
        rest = Data(rest[(newline + 1)...])
        begun = try take(line, report) ?? begun
      }
    }
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal || process.terminationStatus != 0 else { return nil }
    guard process.terminationReason == .uncaughtSignal, let begun else {
      let text = (try? String(contentsOfFile: errorPath, encoding: .utf8).suffix(1000)) ?? ""
      throw Broken(description: "a worker ended with status \(process.terminationStatus): \(text)")
    }
    return End(index: begun, signal: process.terminationStatus)
  }

  /// Takes in a line; returns the number of an input that begins.
  private func take(_ line: String, _ report: (Report) -> Void) throws -> Int? {
    let words = line.split(separator: " ")
    if words.count == 2, words[0] == "begin", let index = Int(words[1]) { return index }
    guard words.count == 5, words[0] == "end", let index = Int(words[1]), let time = Int(words[3]),
      let memory = Int(words[4])
    else { throw Broken(description: "a worker says '\(line)'") }
    let use = Limits.Use(microseconds: time, kibibytes: memory < 0 ? nil : memory)
    report(Report(index: index, isConverted: words[2] == "converted", use: use))
    return nil
  }
}
