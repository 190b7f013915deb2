import Foundation
import MAESTTestSupport
import Testing

/// A short run of the fuzzer over all readers, and that it notices what it looks for.
@Suite struct FuzzTests {
  private static let fuzzer = Program(name: "maest-fuzz")

  @Test func everyReaderStandsHostileInput() throws {
    try withTemporaryFolder { folder in
      let result = try Self.fuzzer.run(
        ["run", "--count", "400", "--failures", folder + "/failures"], folder: folder)
      #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
      let rows = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      for reader in ["frozen", "saved-model", "onnx", "safetensors", "weights", "audio", "records"] {
        let row = try #require(rows.first { $0.first == reader }, "\(result.output)")
        let (converted, refused) = (try #require(Int(row[2])), try #require(Int(row[3])))
        // Inputs are neither harmless nor all refused at the first byte.
        #expect(row[1] == "400" && converted + refused == 400)
        #expect(converted > 5 && refused > 150, "\(row)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/failures"))
    }
  }

  @Test(arguments: [
    ("crash", "crashed (signal "), ("hang", "took more than 5 s"),
    ("allocation", "allocated more than 4 times its size and 64 MiB"),
  ])
  func failuresAreFoundAndKept(provocation: String, message: String) throws {
    #if !os(Linux)
      if provocation == "allocation" { return }
    #endif
    try withTemporaryFolder { folder in
      let arguments = [
        "--reader", "onnx", "--first", "7", "--count", "3", "--failures", folder + "/failures",
      ]
      let result = try Self.fuzzer.run(arguments + ["--provoke", provocation], folder: folder)
      #expect(result.exitCode == 1)
      #expect(result.output.contains("FAILED: onnx input 7 \(message)"), "\(result.output)")
      #expect(result.output.contains("--reader onnx --seed 1 --first 7 --count 1"))
      let kept = folder + "/failures/onnx-1-7"
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: kept).count { $0.hasSuffix(".onnx") } == 1)
      let replayed = try Self.fuzzer.run(["replay", kept], folder: folder)
      #expect(replayed.exitCode == 0)
      #expect(replayed.output.hasPrefix(kept + ": "), "\(replayed.output)")
    }
  }

  /// Inputs that failed once: a Fill of CLS tokens without end, and millions of strings out of one.
  @Test(arguments: [("frozen", 3552), ("saved-model", 4274)])
  func inputsThatFailedOnce(reader: String, number: Int) throws {
    try withTemporaryFolder { folder in
      let result = try Self.fuzzer.run(
        [
          "run", "--reader", reader, "--seed", "77", "--first", "\(number)", "--count", "1", "--failures",
          folder + "/failures",
        ], folder: folder)
      #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    }
  }

  /// Changes of every container get past its first bytes: what sounds in the end is no small part.
  @Test(arguments: ["integer.wav", "integer.w64", "integer.aiff", "mono.flac", "vorbis.ogg", "uncounted.mp3"])
  func everyContainerIsDecodedInPart(name: String) throws {
    try withTemporaryFolder { folder in
      let result = try Self.fuzzer.run(
        [
          "run", "--reader", "audio", "--count", "150", "--failures", folder + "/failures",
          Fixtures.path("fuzz/audio/" + name),
        ], folder: folder)
      #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
      let rows = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      let row = try #require(rows.first { $0.first == "audio" }, "\(result.output)")
      let (decoded, refused) = (try #require(Int(row[2])), try #require(Int(row[3])))
      #expect(decoded + refused == 150 && decoded > 10 && refused > 10, "\(row)")
    }
  }

  /// The same seed gives the same inputs, however many processes share the work.
  @Test func inputsDependOnSeedAndNumberOnly() throws {
    try withTemporaryFolder { folder in
      func counts(_ arguments: String...) throws -> [Substring] {
        let result = try Self.fuzzer.run(
          ["run", "--reader", "safetensors", "--count", "80", "--quiet"] + arguments, folder: folder)
        return result.output.split(separator: "\n").dropFirst().first?.split(separator: " ").prefix(5).map {
          $0
        } ?? []
      }
      let first = try counts("--seed", "3", "--workers", "1")
      #expect(try first == counts("--seed", "3", "--workers", "3") && first.count == 5)
    }
  }

  @Test(arguments: [
    ["run", "--count", "0"], ["run", "--reader", "pickle"], ["run", "--workers", "0"], ["replay"],
  ])
  func wrongCommandLines(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Self.fuzzer.run(arguments, folder: folder)
      #expect(result.exitCode == 64, "\(result.errors)")
    }
  }

  @Test func helpHasExamples() throws {
    try withTemporaryFolder { folder in
      let help = try Self.fuzzer.run(["--help"], folder: folder).output
      #expect(help.contains("Examples:") && help.contains("maest-fuzz replay") && !help.contains("worker"))
    }
  }
}
