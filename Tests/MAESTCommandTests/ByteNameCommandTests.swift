import Foundation
import MAESTFiles
import MAESTTestSupport
import Testing

/// Names of audio files, folders and outputs that are not UTF-8, as the program gets them from a shell.
@Suite struct ByteNameCommandTests {
  /// `k<E4>se.wav` in Latin-1.
  private static let name = PathBytes.text([0x6B, 0xE4]) + "se.wav"
  private static let shellName = #"$(printf 'k\344se')"#

  private func withLatinName(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      for (path, seed) in [(Self.name, 1), ("music/\(Self.name)", 2)] as [(String, UInt64)] {
        try Folders.make(Folders.parent(of: "\(folder)/\(path)"))
        try AtomicFile.write(WAVFile.noise(seconds: 1.5, seed: seed), to: "\(folder)/\(path)")
      }
      try body(folder)
    }
  }

  /// Runs `maest` with words of a shell, which may have any bytes.
  private func run(_ words: String, _ folder: String) throws -> Program.Result {
    try Program.maest.run(["--model", "tiny.safetensors"], folder: folder, after: "set -- \(words) \"$@\"")
  }

  private func path(ofLine line: Substring) throws -> String {
    struct Record: Decodable { let path: String }
    return try JSONDecoder().decode(Record.self, from: Data(line.utf8)).path
  }

  @Test func `an argument and a file of a folder have the same name`() throws {
    try withLatinName { folder in
      let result = try run("tag --json \"\(Self.shellName).wav\" music", folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let paths = try result.output.split(separator: "\n").map { try path(ofLine: $0) }
      #expect(paths == [Self.name, "music/" + Self.name])
    }
  }

  @Test func `outputs named after tracks have the tracks' bytes`() throws {
    try withLatinName { folder in
      let result = try run("embed music --layer 2 --format npy --out-dir \"\(Self.shellName)\"", folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let made = PathBytes.text([0x6B, 0xE4]) + "se"
      #expect(PathCalls.names(inFolder: "\(folder)/\(made)") == [made + ".npy"])
    }
  }

  @Test(arguments: ["library.jsonl", "library.sqlite", "records"])
  func `annotate records them once, and goes on`(out: String) throws {
    try withLatinName { folder in
      let first = try run("annotate music --out \(out)", folder)
      #expect(first.exitCode == 0 && first.errors.contains("1 track: 1 new"), "\(first.errors)")
      let second = try run("annotate music --out \(out)", folder)
      #expect(second.exitCode == 0 && second.errors.contains("1 up to date"), "\(second.errors)")
      guard out == "records" else { return }
      let files = try #require(PathCalls.files(below: "\(folder)/records"))
      #expect(files.contains { $0.hasSuffix("/music/\(Self.name).json") }, "\(files)")
    }
  }

  @Test func `a database of such a name, and a merge of it`() throws {
    try withLatinName { folder in
      let out = "\"\(Self.shellName).sqlite\""
      for expected in ["1 track: 1 new", "1 up to date"] {
        let result = try run("annotate music --out \(out)", folder)
        #expect(result.exitCode == 0 && result.errors.contains(expected), "\(result.errors)")
      }
      let merged = try Program.maest.run([], folder: folder, after: "set -- merge \(out) --out all.sqlite")
      #expect(merged.exitCode == 0 && merged.output.contains("1 track: 1 done"), "\(merged.errors)")
      let names = try #require(PathCalls.names(inFolder: folder))
      #expect(
        Set(names.filter { $0.contains("sqlite") }) == ["all.sqlite", "k\u{EFE4}se.sqlite"], "\(names)")
    }
  }

  @Test func `an output of such a name, and a list of such paths`() throws {
    try withLatinName { folder in
      try Data(PathBytes.bytes("music/\(Self.name)\n")).write(to: URL(filePath: folder + "/list"))
      for expected in ["1 track: 1 new", "1 up to date"] {
        let words = "annotate --from-file list --relative-to . --out \"\(Self.shellName).jsonl\""
        let result = try run(words, folder)
        #expect(result.exitCode == 0 && result.errors.contains(expected), "\(result.errors)")
      }
      let line = try #require(PathCalls.contents(ofFile: "\(folder)/k\u{EFE4}se.jsonl"))
      #expect(try path(ofLine: String(decoding: line, as: UTF8.self)[...]) == "music/" + Self.name)
    }
  }

  @Test func `a current folder of such a name`() throws {
    try withLatinName { folder in
      let program = try Program.maest.run(
        ["annotate", ".", "--out", "-", "--model", "../tiny.safetensors"], folder: folder,
        after:
          "mkdir \"\(Self.shellName)\" && cp \"\(Self.shellName).wav\" \"\(Self.shellName)\"/a.wav && cd \"\(Self.shellName)\""
      )
      #expect(program.exitCode == 0, "\(program.errors)")
      let line = try #require(program.output.split(separator: "\n").first)
      #expect(try path(ofLine: line).hasSuffix("/k\u{EFE4}se/a.wav"), "\(line)")
    }
  }
}
