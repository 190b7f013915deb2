import Foundation
import MAESTFrontEnd
import MAESTTestSupport
import Testing

@Suite struct TagCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")
  let short = Fixtures.path("audio/short-16k.wav")

  @Test func tableForPeople() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["tag", mono, "--model", graph, "--top", "3"], folder: folder)
      #expect(result.exitCode == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines.first?.hasSuffix("mono-16k.wav  12.3 s, 2 patches") == true)
      #expect(lines.dropFirst().allSatisfy { $0.contains("---") && $0.contains("█") })
    }
  }

  @Test func everyValueAsJSON() throws {
    struct Record: Decodable {
      struct Patch: Decodable {
        let start, end: Double
        let activations, logits: [Float]
      }
      let path: String
      let labels: [String]
      let patches: [Patch]
      let activations: [Float]
    }
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["tag", mono, "--model", graph, "--json", "--all"], folder: folder)
      #expect(result.exitCode == 0)
      let record = try JSONDecoder().decode(Record.self, from: Data(result.output.utf8))
      #expect(record.path == mono && record.labels.count == 400)
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_0.npy"))
      expectClose(
        record.patches.flatMap(\.activations), expected.elements, maximum: EssentiaTolerance.activations,
        "activations")
      let logits = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_13.npy"))
      expectClose(
        record.patches.flatMap(\.logits), logits.elements, maximum: EssentiaTolerance.logits, "logits")
      let means = zip(expected.elements[..<400], expected.elements[400...]).map { ($0 + $1) / 2 }
      expectClose(record.activations, means, maximum: EssentiaTolerance.activations, "mean")
      #expect(record.patches.map(\.start) == [0, 5.008])
    }
  }

  @Test func rowsAsCSV() throws {
    try withTemporaryFolder { folder in
      let odd = folder + "/a, \"b\".wav"
      try FileManager.default.copyItem(atPath: mono, toPath: odd)
      let result = try Program.maest.run(
        ["tag", odd, "--model", graph, "--csv", "--top", "2", "--per-patch"], folder: folder)
      let lines = result.output.split(separator: "\r\n")
      #expect(lines.first == "file,start,end,label,activation")
      #expect(lines.count == 5)
      #expect(lines[1].hasPrefix("\"\(folder)/a, \"\"b\"\".wav\",0.0,5.0"))
    }
  }

  @Test func oneBadFileDoesNotStopTheOthers() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["tag", mono, "/nowhere.wav", short, mono, "--model", graph, "--json", "--top", "1"], folder: folder)
      #expect(result.exitCode == 1)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[1].contains(#""code":"fileNotFound""#) && lines[1].contains(#""path":"/nowhere.wav""#))
      #expect(lines[3].contains("\"tags\""))
      #expect(result.errors.contains("2 of 4 files failed"))
      #expect(result.errors.contains("32000 samples") && result.errors.contains("--last-patch repeat"))
    }
  }

  @Test func thresholdLeavesOutLowActivations() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["tag", mono, "--model", graph, "--csv", "--top", "400", "--threshold", "0.9"], folder: folder)
      let values = result.output.split(separator: "\r\n").dropFirst().compactMap {
        $0.split(separator: ",").last.flatMap { Float($0) }
      }
      #expect(!values.isEmpty && values.count < 400)
      #expect(values.allSatisfy { $0 >= 0.9 } && values == values.sorted(by: >))
    }
  }

  @Test func withoutAModelTheDemoIsUsedAndSaysSo() throws {
    try withTemporaryFolder { folder in
      let clip = Documentation.path("Weights/demo/clips/bell.flac")
      let result = try Program.maest.run(["tag", clip, "--top", "1"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.errors.contains("demo model, which knows a few synthetic sounds and no music styles"))
      #expect(!result.output.contains("demo model"))
      #expect(result.output.contains("Instrument---Bell"))
    }
  }

  /// Messages that cannot be written change nothing.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func messagesThatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      let arguments = ["tag", "/nowhere.wav", mono, "--model", graph, "--csv"]
      let result = try Program.maest.run(arguments, folder: folder, errorsPath: "/dev/full")
      #expect(result.exitCode == 1 && result.output.split(separator: "\r\n").count == 11)
      let convert = try Program.convert.run(["/nowhere.pb"], folder: folder, errorsPath: "/dev/full")
      #expect(convert.exitCode == 1)
    }
  }

  /// What cannot be written is not lost in silence.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")), arguments: [["tag"], ["stream"]])
  func fullDisk(command: [String]) throws {
    try withTemporaryFolder { folder in
      let isStream = command == ["stream"]
      let result = try Program.maest.run(
        command + (isStream ? [] : [mono]) + ["--model", graph], folder: folder,
        input: isStream ? try Data(contentsOf: URL(filePath: mono)) : nil, outputPath: "/dev/full")
      #expect(result.exitCode == 2)
      #expect(result.errorLines.last == "maest: cannot write the output: No space left on device")
    }
  }

  @Test(arguments: [
    ["tag"], ["tag", "x.wav", "--top", "0"], ["tag", "x.wav", "--json", "--csv"], ["tag", "x.wav", "--all"],
    ["tag", "x.wav", "--threshold", "2"], ["tag", "x.wav", "--threads", "0"],
    ["tag", "x.wav", "--hop", "-1"],
    ["tag", "x.wav", "--backend", "magic"], ["tokens", "x.wav"], ["nonsense"],
  ])
  func wrongCommandLinesAreUsageErrors(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(arguments, folder: folder)
      #expect(result.exitCode == 64)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("Usage:"))
    }
  }
}
