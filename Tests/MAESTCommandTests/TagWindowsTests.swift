import Foundation
import MAESTCore
import MAESTTestSupport
import Testing

@Suite struct TagWindowsTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  private struct Time: Decodable, Equatable {
    let start, end: Double
  }

  private struct Record: Decodable {
    struct Tag: Decodable { let label: String }
    let duration: Double
    let patches: [Time]
    let tags: [LabelActivation]?
    let activations: [Float]?
    let overWindows: String
  }

  private func run(_ arguments: [String], folder: String, input: Data? = nil) throws -> Program.Result {
    try Program.maest.run(arguments + ["--model", graph], folder: folder, input: input)
  }

  private func record(_ options: [String]) throws -> Record {
    try withTemporaryFolder { folder in
      let result = try run(["tag", mono, "--json"] + options, folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Record.self, from: Data(result.output.utf8))
    }
  }

  @Test(arguments: [
    (["--windows", "3"], [0, 3.632, 7.264]), (["--windows", "1"], [3.632]),
    (["--at", "25,50,75"], [0.544, 3.632, 6.704]), (["--at", "50, 0"], [0, 3.632]),
    (["--hop-seconds", "4"], [0, 4]), (["--last-patch", "end"], [0, 5.008, 7.264]),
    (["--start", "0:03"], [3]), (["--start", "3.5", "--end", "00:00:09.25", "--windows", "2"], [3.5, 4.22]),
  ])
  func windowsInJSON(options: [String], starts: [Double]) throws {
    #expect(try record(options).patches.map(\.start) == starts)
  }

  @Test func maximumOverWindows() throws {
    let mean = try record(["--all", "--windows", "4"])
    let max = try record(["--all", "--windows", "4", "--over-windows", "max"])
    #expect(mean.overWindows == "mean" && mean.activations?.count == 400)
    #expect(max.overWindows == "max" && max.activations?.count == 400)
    let pairs = zip(max.activations ?? [], mean.activations ?? [])
    #expect(pairs.allSatisfy { $0 >= $1 } && max.activations != mean.activations)
  }

  @Test func windowsInTables() throws {
    try withTemporaryFolder { folder in
      let few = try run(["tag", mono, "--windows", "2", "--top", "1"], folder: folder)
      #expect(few.output.hasPrefix("\(mono)  12.3 s, 2 patches: 0.0 - 5.1, 7.3 - 12.3 s\n"))
      let many = try run(["tag", mono, "--windows", "9", "--top", "1"], folder: folder)
      #expect(
        many.output.contains("9 patches: 0.0 - 5.1, 0.9 - 6.0, 1.8 - 6.9, 2.7 - 7.8, ..., 7.3 - 12.3 s\n"))
    }
  }

  @Test func curveInCSVAndJSON() throws {
    struct Record: Decodable {
      struct Curve: Decodable {
        let labels: [String]
        let activations: [[Float]]
      }
      let path: String
      let patches: [Time]
      let curve: Curve
    }
    try withTemporaryFolder { folder in
      let odd = folder + "/a, \"b\".wav"
      try FileManager.default.copyItem(atPath: mono, toPath: odd)
      let options = ["tag", odd, "--windows", "3", "--curve", "--top", "2"]
      let json = try run(options + ["--json"], folder: folder)
      let record = try JSONDecoder().decode(Record.self, from: Data(json.output.utf8))
      let (times, curve) = (record.patches, record.curve)
      #expect(record.path == odd && curve.labels.count == 2)
      #expect(times.map(\.start) == [0, 3.632, 7.264] && curve.activations.map(\.count) == [2, 2, 2])
      let csv = try run(options + ["--csv"], folder: folder)
      let expected = zip(times, curve.activations).flatMap { time, values in
        zip(curve.labels, values).map { label, value in
          "\"\(folder)/a, \"\"b\"\".wav\",\(time.start),\(time.end),\(label),\(value)"
        }
      }
      #expect(csv.output == (["file,start,end,label,activation"] + expected).map { $0 + "\r\n" }.joined())
      let table = try run(options, folder: folder).output.split(separator: "\n")
      #expect(table.count == 7 && table[1].contains(curve.labels[0]) && table[2].contains(curve.labels[1]))
      #expect(table[6].split(separator: " ").prefix(2) == ["7.3", "12.3"])
    }
  }

  /// A label with a comma is one field.
  @Test func labelsWithCommas() throws {
    try withTemporaryFolder { folder in
      let labels = Fixtures.path("graphs/discogs-maest-5s-tiny-2.json")
      let text = try String(contentsOfFile: labels, encoding: .utf8)
      let comma = text.replacing("Blues---Harmonica Blues", with: "Folk, World, & Country---\\\"x\\\"")
      #expect(comma != text)
      try FileManager.default.copyItem(atPath: graph, toPath: folder + "/g.pb")
      try comma.write(toFile: folder + "/g.json", atomically: true, encoding: .utf8)
      for options in [[], ["--curve"], ["--per-patch"]] {
        let result = try Program.maest.run(
          ["tag", mono, "--model", folder + "/g.pb", "--csv", "--top", "1"] + options, folder: folder)
        let rows = result.output.split(separator: "\r\n").dropFirst()
        #expect(
          !rows.isEmpty && rows.allSatisfy { $0.contains(",\"Folk, World, & Country---\"\"x\"\"\",0.9") })
      }
    }
  }

  @Test func embeddingsOfWindows() throws {
    try withTemporaryFolder { folder in
      let result = try run(["embed", mono, "--at", "10,90", "-o", "x.npy"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(try NumPyArray(contentsOfFile: folder + "/x.npy").shape == [2, 144])
    }
  }

  @Test func failuresAreOneLine() throws {
    try withTemporaryFolder { folder in
      let file = try Data(contentsOf: URL(filePath: mono))
      let beyond = try run(["tag", mono, "--end", "1:00"], folder: folder)
      #expect(beyond.exitCode == 1 && beyond.output.isEmpty)
      #expect(
        beyond.errorLines.last?.contains("12.3 s long") == true && beyond.errors.contains("mono-16k.wav")
          && beyond.errors.contains("12.3 s long"))
      let pipe = try run(["tag", "/dev/stdin", "--windows", "2"], folder: folder, input: file)
      #expect(pipe.exitCode == 1 && pipe.errorLines.count == 1 && pipe.errors.contains("pipe"))
      let stream = try run(["stream", "--end", "60"], folder: folder, input: file)
      #expect(stream.exitCode == 1 && stream.output.split(separator: "\n").count == 2)
      #expect(stream.errorLines.count == 1 && stream.errors.contains("12.3 s long"))
    }
  }

  @Test func streamsTakeHopsAndRanges() throws {
    try withTemporaryFolder { folder in
      let file = try Data(contentsOf: URL(filePath: mono))
      let result = try run(
        ["stream", "--start", "2", "--end", "10", "--hop-seconds", "2", "--last-patch", "end"],
        folder: folder,
        input: file)
      #expect(result.exitCode == 0)
      let times = try result.output.split(separator: "\n").map {
        try JSONDecoder().decode(Time.self, from: Data($0.utf8))
      }
      #expect(times.map(\.start) == [2, 4, 4.96] && times.last?.end == 10)
    }
  }

  /// SIGINT within the range is no failure.
  @Test func interruptedWithinARange() throws {
    try withTemporaryFolder { folder in
      let file = try Data(contentsOf: URL(filePath: mono))
      let result = try Program.maest.run(
        ["stream", "--model", graph, "--end", "60", "--format", "s16le"], folder: folder,
        input: file.dropFirst(44), interruptedAfterLines: 2)
      #expect(result.exitCode == 0 && result.output.split(separator: "\n").count == 2)
      #expect(result.errorLines.last == "maest: interrupted before the range had ended")
    }
  }

  @Test(arguments: [
    ["--windows", "0"], ["--windows", "2", "--at", "3"], ["--windows", "2", "--hop", "3"],
    ["--at", "5", "--hop-seconds", "3"], ["--hop", "3", "--hop-seconds", "3"], ["--hop-seconds", "0"],
    ["--hop-seconds", "inf"], ["--hop-seconds", "nan"], ["--at", "101"], ["--at", ""], ["--at", "1,,2"],
    ["--at", "1,a"], ["--at", "nan"], ["--start", "1:60"], ["--start", "-1"], ["--start", "1:-1"],
    ["--start", ""], ["--start", "1:2:3:4"], ["--start", "1:70:00"], ["--start", "5", "--end", "5"],
    ["--start", "1e3"], ["--end", "0"], ["--last-patch", "end", "--windows", "2"], ["--last-patch", "all"],
    ["--curve", "--per-patch"], ["--curve", "--json", "--all"], ["--over-windows", "median"],
    ["--output", "logits", "--windows", "2"], ["--output", "logits", "--last-patch", "end"],
    ["--output", "logits", "--start", "2"], ["--output", "logits", "--curve"],
  ])
  func wrongCommandLinesAreUsageErrors(_ options: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["tag", "x.wav"] + options, folder: folder)
      #expect(
        result.exitCode == 64 && result.output.isEmpty && result.errors.contains("Usage:"), "\(options)")
    }
  }

  /// A stream has no length: it has no options that need it, and does not list them.
  @Test(arguments: [["--windows", "2"], ["--at", "50"]]) func streamsHaveNoLength(_ options: [String]) throws
  {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["stream"] + options, folder: folder)
      #expect(result.exitCode == 64 && result.errors.contains("Unknown option '\(options[0])'"))
      let help = try Program.maest.run(["stream", "--help"], folder: folder).output
      #expect(help.contains("--hop-seconds") && !help.contains("\(options[0]) "), "\(help)")
    }
  }
}
