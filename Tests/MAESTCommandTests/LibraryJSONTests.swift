import Foundation
import MAESTTestSupport
import Testing

/// Records of whole libraries, events and merges are as the schemas say.
@Suite struct LibraryJSONTests {
  private let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  private let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")

  private func annotate(
    _ out: String, _ options: [String], model: String? = "tiny.safetensors", folder: String
  ) throws -> Program.Result {
    try Program.maest.run(
      ["annotate", "x.wav", "empty.wav", "--out", out] + options + (model.map { ["--model", $0] } ?? []),
      folder: folder)
  }

  private func records(_ path: String) throws -> [JSONValue] {
    try JSONOutput.lines(String(contentsOfFile: path, encoding: .utf8), "record")
  }

  @Test(arguments: [
    [], ["--curve", "--over-windows", "max"], ["--relative-to", ".", "--top", "2", "--threshold", "0.1"],
    ["--layer", "1-2", "--pooling", "mean3", "--l2"],
    ["--no-tags", "--layer", "2", "--over-patches", "mean"],
    ["--windows", "3"], ["--at", "10,90"], ["--hop", "5"], ["--hop-seconds", "0.5", "--last-patch", "end"],
    ["--start", "0.5", "--end", "2"],
  ])
  func `records of every setting`(options: [String]) throws {
    try JSONOutput.withModels { folder in
      #expect(try annotate("x.jsonl", options, folder: folder).exitCode == 1)
      let lines = try records(folder + "/x.jsonl")
      #expect(lines.count == 2 && lines.count { $0["error"] != nil } == 1)
      #expect(try annotate("-", options, folder: folder).output.split(separator: "\n").count == 2)
    }
  }

  @Test(arguments: ["json", "npy"]) func `records in a folder`(format: String) throws {
    try JSONOutput.withModels { folder in
      let options = ["--format", format, "--relative-to", ".", "--layer", "2", "--pooling", "tokens"]
      #expect(try annotate("records", options, folder: folder).exitCode == 1)
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/records")
        .filter { $0.hasSuffix(".json") }
      #expect(names.count == 2)
      let embeddings = try names.flatMap { try records(folder + "/records/" + $0) }
        .compactMap { $0["embeddings"]?["layer02.blockOutput.tokens"] }
      #expect(embeddings.map { $0["file"] != nil } == [format == "npy"])
    }
  }

  @Test func `records with heads`() throws {
    try JSONOutput.withModels { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("audio/mono-16k.wav"), toPath: folder + "/music.wav")
      let heads = try Program.maest.run(
        ["annotate", "music.wav", "--out", "heads.jsonl", "--model", graph, "--head", head, "--head", head],
        folder: folder)
      #expect(heads.exitCode == 0, "\(heads.errors)")
      #expect(try records(folder + "/heads.jsonl").first?["head"] != nil)
      let plain = try Program.maest.run(
        ["annotate", "music.wav", "--out", "x.jsonl", "--model", graph], folder: folder)
      #expect(plain.exitCode == 0, "\(plain.errors)")
      let added = try Program.maest.run(
        ["annotate", "music.wav", "--out", "x.jsonl", "--model", graph, "--add", "--head", head],
        folder: folder)
      #expect(added.exitCode == 0, "\(added.errors)")
      #expect(try records(folder + "/x.jsonl").last?["heads"]?.object?.count == 1)
    }
  }

  @Test func `a record with a later error`() throws {
    try JSONOutput.withModels { folder in
      _ = try annotate("x.jsonl", [], folder: folder)
      let beyond = try annotate("x.jsonl", ["--replace", "--end", "1:00"], folder: folder)
      #expect(beyond.exitCode == 1)
      let kept = try records(folder + "/x.jsonl").filter { $0["tags"] != nil }
      #expect(kept.map { $0["later_error"]?["code"] } == [.string("rangeBeyondEnd")])
    }
  }

  @Test func events() throws {
    try JSONOutput.withModels { folder in
      for options in [[], ["--retry-failed"]] {
        let result = try annotate("x.jsonl", ["--progress", "json"] + options, folder: folder)
        let events = try JSONOutput.lines(result.errors, "progress")
        let names = events.map { $0["event"]?.string ?? "" }
        #expect(names.first == "planned" && names.last == "finished")
        #expect(events.first?["found"]?.number == 2)
        #expect(events.first { $0["event"] == .string("failed") }?["error"]?["code"] == .string("emptyFile"))
      }
    }
  }

  @Test func `a merge`() throws {
    try JSONOutput.withModels { folder in
      _ = try annotate("a.jsonl", [], folder: folder)
      _ = try annotate("b.sqlite", [], folder: folder)
      let lines = try String(contentsOfFile: folder + "/a.jsonl", encoding: .utf8)
      try (lines + #"{"path":"cut"#).write(toFile: folder + "/c.jsonl", atomically: true, encoding: .utf8)
      let result = try Program.maest.run(
        ["merge", "a.jsonl", "b.sqlite", "c.jsonl", "--out", "all.jsonl", "--json"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let summary = try JSONOutput.value(result.output, "merge")
      #expect(summary["tracks"]?.number == 2 && summary["inputs"]?[2]?["cut_line"]?.number == 3)
      #expect(try records(folder + "/all.jsonl").count == 2)
    }
  }
}
