import ArgumentParser
import MAEST

/// Decodes a file in a separate process, for a `maest` that isolates its decoder.
struct DecodeHelperCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode-helper",
    abstract: "Write a file's format and samples to standard output; started by maest itself.",
    discussion: """
      Writes a line of JSON, then the samples as float32, interleaved; how it ended goes to standard error as a line
      of JSON.
      """,
    shouldDisplay: false)

  @Argument(help: "Audio file.")
  var file: String

  func run() throws {
    let status = DecodingHelper.run(path: file)
    guard status == 0 else { throw ExitCode(status) }
  }
}
