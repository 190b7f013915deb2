import Foundation
import MAESTTestSupport
import Testing

/// What the commands say of themselves.
@Suite struct HelpTests {
  private func help(_ path: [String]) throws -> String {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(path + ["--help"], folder: folder)
      #expect(result.exitCode == 0 && result.output.contains("USAGE: maest"), "\(path)")
      return result.output
    }
  }

  /// Subcommands that a help text lists.
  private func subcommands(_ help: String) -> [String] {
    guard let start = help.range(of: "SUBCOMMANDS:\n") else { return [] }
    return help[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.isEmpty }.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  /// Every command, with its subcommands.
  private func paths() throws -> [[String]] {
    try subcommands(help([])).flatMap { name in
      [[name]] + (try subcommands(help([name]))).map { [name, $0] }
    }
  }

  @Test func everyCommandHasAnExample() throws {
    let paths = try paths()
    #expect(paths.count >= 20)
    for path in paths {
      let text = try help(path)
      let start = try #require(text.range(of: "Example"), "\(path)").upperBound
      let end = try #require(text.range(of: "USAGE:"), "\(path)").lowerBound
      try #require(start < end, "\(path)")
      #expect(text[start..<end].contains("maest \(path[0])"), "\(path)")
    }
  }

  /// Options that several commands share have one name in all of them.
  @Test func sharedOptions() throws {
    let withAudio = ["tag", "embed", "tokens", "attention", "report", "picture", "compare", "annotate"]
    for name in withAudio {
      let text = try help([name])
      #expect(text.contains("--audio-stream") && text.contains("-q, --quiet"), "\(name)")
    }
    #expect(try help(["decode"]).contains("--audio-stream"))
    for name in ["stream", "merge", "info", "labels"] {
      #expect(try help([name]).contains("-q, --quiet"), "\(name)")
    }
    #expect(try help(["models", "pull"]).contains("-q, --quiet"))
    for name in ["embed", "tokens", "attention", "report"] {
      #expect(try help([name]).contains("--out-dir"), "\(name)")
    }
    let stream = try help(["stream"])
    #expect(!stream.contains("--windows") && !stream.contains("--at ") && stream.contains("--last-patch"))
  }

  @Test func exitCodesAreTold() throws {
    for path in [[], ["annotate"], ["stream"]] {
      let text = try help(path).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(
        text.contains("Exit codes: 0 ") && text.contains("2 the output cannot be written"), "\(path)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowTheOptions(shell: String) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["--generate-completion-script", shell], folder: folder)
      #expect(result.exitCode == 0 && result.errors.isEmpty)
      for option in ["out-dir", "audio-stream", "quiet", "over-windows"] {
        #expect(result.output.contains(option), "\(option)")
      }
      #expect(!result.output.contains("over-patches"))
    }
  }
}
