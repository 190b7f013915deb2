import Foundation
import MAESTTestSupport
import Testing

/// How files are decoded, and what the commands say of sound that is missing: `--downmix`, `--damaged` and warnings.
@Suite struct DecodingOptionTests {
  /// Tiny models; `stereo.wav` with `left.wav` and `right.wav` as its channels and `mean.wav` as their mean; and
  /// `silent.wav`.
  private func withSounds(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (index, name) in ["a", "b"].enumerated() {
        try TinyModel.write(to: folder + "/\(name).safetensors", seed: UInt64(index))
      }
      var random = SeededRandom(seed: 1)
      let frames = (0..<48000).map { _ in (0.2 * random.nextNormal(), 0.1 * random.nextNormal()) }
      let sounds = [
        "left": frames.map(\.0), "right": frames.map(\.1), "mean": frames.map { 0.5 * ($0.0 + $0.1) },
        "silent": [Float](repeating: 0, count: 48000),
      ]
      for (name, samples) in sounds {
        try WAVFile.float32(samples).write(to: URL(filePath: "\(folder)/\(name).wav"))
      }
      try WAVFile.float32(frames.flatMap { [$0.0, $0.1] }, channelCount: 2)
        .write(to: URL(filePath: folder + "/stereo.wav"))
      try body(folder)
    }
  }

  private static let model = ["--model", "a.safetensors"]

  /// Each command with "FILE" where its file is named, and what it writes to a file.
  private static let commands: [([String], made: String?)] = [
    (["tag", "FILE", "--json"] + model, nil), (["tag", "FILE", "--output", "logits"] + model, nil),
    (["embed", "FILE", "--layer", "2"] + model, nil),
    (["tokens", "FILE", "--layers", "2", "-o", "made.npy"] + model, "made.npy"),
    (["attention", "FILE", "--layers", "2", "-o", "made.npy"] + model, "made.npy"),
    (["decode", "FILE", "-o", "made.npy"], "made.npy"),
    (["report", "FILE", "-o", "made.html"] + model, "made.html"),
    (["picture", "mel", "FILE", "-o", "made.svg"] + model, "made.svg"),
    (["compare", "a.safetensors", "b.safetensors", "FILE", "--json"], nil),
  ]

  /// Runs a command on a file; returns its output and what it wrote, with the file's name replaced.
  private func run(
    _ command: ([String], made: String?), _ file: String, _ options: [String], _ folder: String
  ) throws -> (result: Program.Result, text: String) {
    let result = try Program.maest.run(command.0.map { $0 == "FILE" ? file : $0 } + options, folder: folder)
    let made = try command.made.map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)")) } ?? Data()
    let text = result.output + String(decoding: made, as: UTF8.self)
    return (result, text.replacing(file, with: "FILE"))
  }

  @Test(arguments: commands.indices) func `each command takes the channels that it is told to`(index: Int)
    throws
  {
    try withSounds { folder in
      let command = Self.commands[index]
      for (choice, file) in [
        ("left", "left.wav"), ("right", "right.wav"), ("mean", "mean.wav"), ("mix", "mean.wav"),
        ("itu", "mean.wav"),
      ] {
        let found = try run(command, "stereo.wav", ["--downmix", choice, "--damaged", "refuse"], folder)
        #expect(found.result.exitCode == 0, "\(command) \(found.result.errors)")
        let expected = try run(command, file, [], folder)
        // The line that describes the decoded file says how many channels it has.
        #expect(
          found.text.replacing("2 channels", with: "1 channel") == expected.text, "\(command.0) \(choice)")
      }
    }
  }

  @Test(arguments: commands.indices) func `a choice that there is not is a wrong command line`(index: Int)
    throws
  {
    try withSounds { folder in
      for options in [["--downmix", "middle"], ["--damaged", "repair"]] {
        let command = Self.commands[index].0.map { $0 == "FILE" ? "mean.wav" : $0 }
        let result = try Program.maest.run(command + options, folder: folder)
        #expect(result.exitCode == 64 && result.errors.contains(options[1]), "\(result.errors)")
      }
    }
  }

  @Test(arguments: commands.indices) func `each command warns, in one line`(index: Int) throws {
    try withSounds { folder in
      let command = Self.commands[index]
      let loud = try run(command, "silent.wav", [], folder).result
      #expect(loud.exitCode == 0 && loud.errorLines.count == 1, "\(loud.errors)")
      #expect(loud.errors.hasPrefix("maest: silent.wav: warning: "), "\(loud.errors)")
      let quiet = try run(command, "silent.wav", ["--quiet"], folder).result
      #expect(quiet.exitCode == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
      #expect(quiet.output == loud.output)
      #expect(try run(command, "mean.wav", [], folder).result.errors.isEmpty)
    }
  }

  @Test func `JSON has the warnings, as the schemas say`() throws {
    try withSounds { folder in
      let outputs: [([String], schema: String)] = [
        (["tag", "--json"] + Self.model, "tag"), (["tag", "--json", "--all"] + Self.model, "tag"),
        (["tag", "--json", "--curve"] + Self.model, "tag"),
        (["embed", "--layer", "2"] + Self.model, "arrays"),
        (["embed", "--layer", "2", "-o", "x.npz", "--json"] + Self.model, "written"),
        (["compare", "a.safetensors", "b.safetensors", "--json"], "compare"),
      ]
      for (arguments, schema) in outputs {
        let files = arguments.contains("-o") ? ["silent.wav"] : ["mean.wav", "silent.wav"]
        let result = try Program.maest.run(arguments + files, folder: folder)
        #expect(result.exitCode == 0, "\(result.errors)")
        let lines = try JSONOutput.lines(result.output, schema)
        let object = try #require(lines.last)
        let warnings = object["warnings"] ?? object["metadata"]?["warnings"]
        #expect(warnings?.array?.count == 1 && warnings?[0]?["code"] == .string("silent"), "\(result.output)")
        if schema == "compare" { #expect(warnings?[0]?["path"] == .string("silent.wav")) }
        if lines.count > 1 { #expect(!"\(lines[0])".contains("warnings"), "\(lines[0])") }
      }
    }
  }

  @Test func `a report shows the warnings`() throws {
    try withSounds { folder in
      let silent = try run(Self.commands[6], "silent.wav", [], folder)
      #expect(silent.text.contains("Warning"), "\(silent.result.errors)")
      #expect(try !run(Self.commands[6], "mean.wav", [], folder).text.contains("Warning"))
    }
  }
}
