import Foundation
import MAESTTestSupport
import Testing

/// Audio from standard input and from pipes with a name, which can be read once.
@Suite struct StandardInputCommandTests {
  private func withNoise(_ body: (_ folder: String, _ sound: Data) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (index, name) in ["a", "b"].enumerated() {
        try TinyModel.write(to: folder + "/\(name).safetensors", seed: UInt64(index))
      }
      let sound = WAVFile.noise(seconds: 3, seed: 1)
      try sound.write(to: URL(filePath: folder + "/x.wav"))
      try body(folder, sound)
    }
  }

  private static let model = ["--model", "a.safetensors"]

  /// Each command with "FILE" where its file is named, and what it writes to a file.
  private static let commands: [([String], String?)] = [
    (["tag", "FILE", "--csv", "--hop", "9"] + model, nil),
    (["embed", "FILE", "--layer", "2", "-o", "made.npy"] + model, "made.npy"),
    (["tokens", "FILE", "--layers", "2", "-o", "made.npy"] + model, "made.npy"),
    (["attention", "FILE", "--layers", "2", "-o", "made.npy"] + model, "made.npy"),
    (["decode", "FILE", "-o", "made.npy"], "made.npy"),
    (["report", "FILE", "-o", "made.html"] + model, "made.html"),
    (["compare", "a.safetensors", "b.safetensors", "FILE", "--json"], nil),
    (["compare"] + model + ["--reference-backend", "reference", "FILE", "--json"], nil),
  ]

  private static let pictures = ["mel", "tags", "taggram", "attention", "rollout", "norms", "similarity"]

  private func expectTheSame(_ arguments: [String], _ made: String?) throws {
    try withNoise { folder, sound in
      func run(_ file: String, input: Data? = nil) throws -> (output: String, file: Data?) {
        let result = try Program.maest.run(
          arguments.map { $0 == "FILE" ? file : $0 }, folder: folder, input: input)
        #expect(result.exitCode == 0, "\(arguments) \(result.errors)")
        return (result.output, try made.map { try Data(contentsOf: URL(filePath: folder + "/" + $0)) })
      }
      let expected = try run("x.wav")
      for name in ["-", "/dev/stdin"] {
        let found = try run(name, input: sound)
        #expect(found.output == expected.output.replacing("x.wav", with: name))
        if made?.hasSuffix("html") == true {
          let page = String(decoding: expected.file ?? Data(), as: UTF8.self)
          #expect(found.file == Data(page.replacing("x.wav", with: "stdin").utf8))
        } else {
          #expect(found.file == expected.file, "\(arguments)")
        }
      }
    }
  }

  @Test(arguments: commands.indices) func standardInputGivesWhatTheFileGives(index: Int) throws {
    let (arguments, made) = Self.commands[index]
    try expectTheSame(arguments, made)
  }

  @Test(arguments: pictures) func picturesToo(kind: String) throws {
    try expectTheSame(["picture", kind, "FILE", "-o", "made.svg"] + Self.model, "made.svg")
  }

  /// Where windows depend on the length, reports and pictures keep what they read; others say that they need a file.
  @Test func windowsThatNeedTheLength() throws {
    try withNoise { folder, sound in
      let report = try Program.maest.run(
        ["report", "-", "-o", "x.html", "--windows", "3"] + Self.model, folder: folder, input: sound)
      #expect(report.exitCode == 0, "\(report.errors)")
      let html = try String(contentsOfFile: folder + "/x.html", encoding: .utf8)
      #expect(html.contains("Mean activations over 3 windows."))
      for arguments in [["tag", "-"] + Self.model, ["compare", "a.safetensors", "b.safetensors", "-"]] {
        let result = try Program.maest.run(arguments + ["--windows", "3"], folder: folder, input: sound)
        #expect(result.exitCode == 1 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.contains("write the audio to a file first"), "\(result.errors)")
      }
    }
  }

  /// Of formats that are read forwards, and of those that are copied to a file first.
  @Test func everyFormatIsReadFromAPipe() throws {
    try withNoise { folder, _ in
      let flac = try Data(contentsOf: URL(filePath: Documentation.path("Weights/demo/clips/bell.flac")))
      let aiff = try Data(contentsOf: URL(filePath: Fixtures.path("fuzz/audio/integer.aiff")))
      for sound in [flac, aiff] {
        let result = try Program.maest.run(["decode", "-", "-o", "piped.npy"], folder: folder, input: sound)
        #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
        try sound.write(to: URL(filePath: folder + "/sound"))
        _ = try Program.maest.run(["decode", "sound", "-o", "file.npy"], folder: folder)
        let files = ["piped.npy", "file.npy"].map { FileManager.default.contents(atPath: folder + "/" + $0) }
        #expect(files[0] != nil && files[0] == files[1])
      }
    }
  }

  /// A pipe with a name, which gives its bytes once.
  @Test(arguments: [
    ["report", "pipe.wav", "-o", "x.html"], ["picture", "rollout", "pipe.wav", "-o", "x.svg"],
    ["compare", "a.safetensors", "b.safetensors", "pipe.wav"],
  ])
  func aPipeIsReadOnce(arguments: [String]) throws {
    try withNoise { folder, sound in
      let pipe = folder + "/pipe.wav"
      try #require(mkfifo(pipe, 0o600) == 0)
      let writer = Process()
      writer.executableURL = URL(filePath: "/bin/sh")
      writer.arguments = ["-c", "exec cat '\(folder)/x.wav' > '\(pipe)'"]
      try writer.run()
      let model = arguments[0] == "compare" ? [] : Self.model
      let result = try Program.maest.run(arguments + model, folder: folder)
      if writer.isRunning { writer.terminate() }
      writer.waitUntilExit()
      #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
    }
  }
}
