import Foundation
import MAESTCore
import MAESTTestSupport
import Testing

/// The samples of a 16-bit mono file.
private enum AudioSamples {
  static func float(of path: String) throws -> [Float] {
    let bytes = Array(try Data(contentsOf: URL(filePath: path)).dropFirst(44))
    return stride(from: 0, to: bytes.count - 1, by: 2).map { place in
      Float(Int16(bitPattern: UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)) / 32768
    }
  }
}

@Suite struct StreamCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  private struct Line: Decodable {
    struct Tag: Decodable {
      let label: String
      let activation: Float
    }
    let patch: Int
    let start, end: Double
    let tags: [LabelActivation]?
    let activations, logits: [Float]?
  }

  private func lines(_ output: String) throws -> [Line] {
    try output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func wavFromStandardInput() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["stream", "--model", graph, "--all"], folder: folder, input: Data(contentsOf: URL(filePath: mono)))
      #expect(result.exitCode == 0)
      let lines = try lines(result.output)
      #expect(lines.map(\.patch) == [0, 1] && lines.map(\.start) == [0, 5.008])
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_0.npy"))
      expectClose(
        lines.flatMap { $0.activations ?? [] }, expected.elements, maximum: EssentiaTolerance.activations)
    }
  }

  /// The bytes of a 16-bit file without its header are the same signal.
  @Test func rawSamples() throws {
    try withTemporaryFolder { folder in
      let file = try Data(contentsOf: URL(filePath: mono))
      let wav = try Program.maest.run(
        ["stream", "--model", graph, "--top", "3"], folder: folder, input: file)
      let raw = try Program.maest.run(
        [
          "stream", "--model", graph, "--top", "3", "--format", "s16le", "--rate", "16000", "--channels", "1",
        ],
        folder: folder, input: file.dropFirst(44))
      #expect(raw.exitCode == 0 && !raw.output.isEmpty && raw.output == wav.output)
      #expect(try lines(raw.output).allSatisfy { $0.tags?.count == 3 })
    }
  }

  @Test(arguments: ["1", "2", "-1", "0"]) func batchesChangeNothing(batch: String) throws {
    try withTemporaryFolder { folder in
      let file = try Data(contentsOf: URL(filePath: mono))
      let arguments = ["stream", "--model", graph, "--hop", "100", "--last-patch", "repeat"]
      let single = try Program.maest.run(arguments, folder: folder, input: file)
      let batched = try Program.maest.run(arguments + ["--batch", batch], folder: folder, input: file)
      #expect(batched.output == single.output && single.output.split(separator: "\n").count == 6)
    }
  }

  @Test func aHeadOfItsOwn() throws {
    try withTemporaryFolder { folder in
      let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")
      let result = try Program.maest.run(
        ["stream", "--model", graph, "--head", head, "--all"], folder: folder,
        input: Data(contentsOf: URL(filePath: mono)))
      let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/head/activations.npy"))
      expectClose(
        try lines(result.output).flatMap { $0.activations ?? [] }, expected.elements,
        maximum: EssentiaTolerance.activations)
    }
  }

  @Test func badStreams() throws {
    try withTemporaryFolder { folder in
      for (input, text) in [
        (Data(), "WAV"), (Data("not a WAV at all".utf8), "WAV"),
        (try Data(contentsOf: URL(filePath: mono)).prefix(20_000), "samples"),
      ] {
        let result = try Program.maest.run(["stream", "--model", graph], folder: folder, input: input)
        #expect(result.exitCode == 1 && result.output.isEmpty)
        #expect(result.errorLines.last?.contains(text) == true, "\(result.errors)")
      }
    }
  }

  /// SIGINT ends the stream like its end: the patches that are full are printed, and the exit code is 0.
  @Test func interruption() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["stream", "--model", graph, "--format", "s16le"], folder: folder,
        input: try Data(contentsOf: URL(filePath: mono)).dropFirst(44), interruptedAfterLines: 1)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try lines(result.output).map(\.patch) == [0, 1])
    }
  }

  /// Before anything has come there is nothing to print, and that is no failure.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")),
    arguments: [["--format", "s16le"], []])
  func interruptedAtOnce(format: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["stream", "--model", graph] + format, folder: folder, input: Data(), interruptedAfterLines: 0)
      #expect(result.exitCode == 0 && result.output.isEmpty, "\(result.errors)")
      #expect(result.errorLines.last == "maest: interrupted before the first patch was full")
    }
  }

  /// With a bad sample in the second patch, the first one is printed, also where they are printed together.
  @Test func nothingIsLostOnAnError() throws {
    try withTemporaryFolder { folder in
      var samples = try AudioSamples.float(of: mono)
      samples[150_000] = .nan
      let bytes = samples.withUnsafeBytes { Data($0) }
      let result = try Program.maest.run(
        ["stream", "--model", graph, "--format", "f32le", "--batch", "-1"], folder: folder, input: bytes)
      #expect(result.exitCode == 1 && result.errorLines.last?.contains("150000") == true)
      #expect(try lines(result.output).map(\.patch) == [0])
    }
  }

  @Test(arguments: [
    ["stream", "--rate", "16000"], ["stream", "--format", "s16le", "--rate", "0"],
    ["stream", "--format", "mp3"], ["stream", "--format", "s16le", "--channels", "0"],
    ["stream", "--batch", "-2"],
    ["stream", "--top", "0"],
  ])
  func wrongCommandLinesAreUsageErrors(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(arguments, folder: folder)
      #expect(result.exitCode == 64 && result.output.isEmpty && result.errors.contains("Usage:"))
    }
  }
}
