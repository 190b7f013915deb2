import Foundation
import MAESTCore
import MAESTTestSupport
import Testing

/// What the commands that analyse audio print as JSON is as the schemas say.
@Suite struct TrackJSONTests {
  private let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  private let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")
  private let mono = Fixtures.path("audio/mono-16k.wav")

  private static let files = ["x.wav", "missing.wav", "x.wav"]

  private func run(
    _ arguments: [String], model: String = "tiny.safetensors", folder: String, input: Data? = nil
  ) throws -> Program.Result {
    try Program.maest.run(arguments + ["--model", model], folder: folder, input: input)
  }

  @Test(arguments: [
    ([], "tags"), (["--per-patch", "--top", "2"], "tags"),
    (["--windows", "2", "--over-windows", "max"], "tags"),
    (["--all"], "activations"), (["--all", "--over-windows", "max"], "activations"), (["--curve"], "curve"),
    (["--curve", "--at", "50"], "curve"), (["--threshold", "1"], "tags"),
  ])
  func `tags, every value and curves`(options: [String], key: String) throws {
    try JSONOutput.withModels { folder in
      let result = try run(["tag"] + Self.files + ["--json"] + options, folder: folder)
      #expect(result.exitCode == 1, "\(result.errors)")
      let lines = try JSONOutput.lines(result.output, "tag")
      JSONOutput.expectSecondFailed(lines)
      #expect(lines.count == 3 && lines[0] == lines[2] && lines[0][key] != nil)
      #expect(lines[0]["path"] == .string("x.wav") && lines[0]["duration"]?.number == 3)
      #expect(lines[0]["model"] == .string("tiny.pb") && lines[0]["precision"] == .string("exact"))
      guard options.contains("--all") else { return }
      #expect(lines[0]["labels"]?.array?.count == 5 && lines[0]["activations"]?.array?.count == 5)
      #expect(lines[0]["patches"]?[0]?["logits"]?.array?.count == 5)
    }
  }

  @Test func `what failed while it was decoded or analysed`() throws {
    try JSONOutput.withModels { folder in
      try WAVFile.noise(seconds: 0.1, seed: 1).write(to: URL(filePath: folder + "/short.wav"))
      let result = try run(["tag", "empty.wav", "short.wav", "--json"], folder: folder)
      let lines = try JSONOutput.lines(result.output, "tag")
      #expect(lines.map { $0["error"]?["code"] } == [.string("emptyFile"), .string("tooShort")])
      #expect(lines.map { $0["error"]?["stage"] } == [.string("open"), .string("analyze")])
      let head = try JSONOutput.lines(
        run(["tag", "x.wav", "--json", "--head", head], folder: folder).output, "tag")
      #expect(head[0]["error"]?["code"] == .string("ModelError"), "the head is of another model")
    }
  }

  /// Nodes of a graph, one of them within it, and of a head.
  @Test func `values of nodes, and heads`() throws {
    try JSONOutput.withModels { folder in
      let layer = try run(["tag"] + Self.files + ["--output", "layer 2"], folder: folder)
      let lines = try JSONOutput.lines(layer.output, "node")
      #expect(layer.exitCode == 1 && lines.count > 2)
      let failed = lines.filter { $0["error"] != nil }
      #expect(failed.count == 1 && failed[0]["path"] == .string("missing.wav"))
      for options in [
        ["--head", head, "--output", "logits"], ["--output", "StatefulPartitionedCall:7"],
      ] {
        let result = try run(["tag", mono] + options, model: graph, folder: folder)
        let lines = try JSONOutput.lines(result.output, "node")
        #expect(lines.count == 2 && lines[0]["node"]?.string == options.last, "\(result.errors)")
        #expect(lines[0]["model"] == .string("discogs-maest-5s-tiny-1.pb"))
        #expect((lines[0]["head_sha256"] != nil) == options.contains("--head"))
      }
      let inner = try run(
        ["tag", mono, "--output", "PartitionedCall/transpose"],
        model: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"), folder: folder)
      let digest = "31e2d0b57ef440055c82241a02b47c8027c2d672551a6996034158e83c208701"
      #expect(
        try JSONOutput.lines(inner.output, "node").map { $0["model_sha256"] } == [
          .string(digest), .string(digest),
        ])
      let tags = try run(["tag", mono, "--head", head, "--json"], model: graph, folder: folder)
      #expect(
        try JSONOutput.lines(tags.output, "tag").first?["head"]?.string
          == URL(filePath: head).lastPathComponent)
    }
  }

  @Test(arguments: [[], ["--all"], ["--top", "1", "--batch", "0"]])
  func `patches of a stream`(options: [String]) throws {
    try JSONOutput.withModels { folder in
      let audio = try Data(contentsOf: URL(filePath: folder + "/x.wav"))
      let result = try run(["stream"] + options, folder: folder, input: audio)
      let lines = try JSONOutput.lines(result.output, "stream")
      #expect(result.exitCode == 0 && lines.map { $0["patch"]?.number } == lines.indices.map(Double.init))
      #expect(!lines.isEmpty && lines.allSatisfy { ($0["labels"] != nil) == options.contains("--all") })
    }
  }

  @Test(arguments: [
    ["--layer", "2"], ["--layer", "all", "--pooling", "mean3", "--pooling", "tokens", "--l2"],
    ["--layer", "1", "--over-patches", "mean", "--dtype", "float16"],
    ["--layer", "final", "--pooling", "clsdist-final"], ["--layer", "3", "--point", "attentionOutput"],
  ])
  func `embeddings on standard output, in a file and in a folder`(options: [String]) throws {
    try JSONOutput.withModels { folder in
      let printed = try run(["embed"] + Self.files + options, folder: folder)
      #expect(printed.exitCode == 1)
      let lines = try JSONOutput.lines(printed.output, "arrays")
      JSONOutput.expectSecondFailed(lines)
      #expect(lines[0]["metadata"]?["path"] == .string("x.wav"))
      let one = try run(["embed", "x.wav", "-o", "x.json", "--json"] + options, folder: folder)
      let written = try JSONOutput.lines(one.output, "written")
      #expect(written.count == 1 && written[0]["output"] == .string("x.json"))
      let file = try String(contentsOfFile: folder + "/x.json", encoding: .utf8)
      #expect(try JSONOutput.value(file, "arrays")["metadata"] == written[0]["metadata"])
      let several = try run(
        ["embed", "x.wav", "missing.wav", "--out-dir", "d", "--json"] + options, folder: folder)
      JSONOutput.expectSecondFailed(try JSONOutput.lines(several.output, "written"))
    }
  }

  @Test(arguments: [
    ["tokens", "--layers", "2"], ["tokens", "--layers", "1-3", "--tags", "--point", "finalNorm"],
    ["tokens", "--point", "queries", "--layers", "1", "--dtype", "float16"],
    ["attention", "--layers", "2"], ["attention", "--layers", "1,3", "--queries", "0,4", "--heads", "mean"],
    ["attention", "--layers", "1", "--queries", "all"],
  ])
  func `tokens and attention`(arguments: [String]) throws {
    try JSONOutput.withModels { folder in
      let (command, options) = (arguments[0], Array(arguments.dropFirst()))
      let result = try run([command, "x.wav", "-o", "x.json", "--json"] + options, folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let written = try JSONOutput.lines(result.output, "written")
      let file = try String(contentsOfFile: folder + "/x.json", encoding: .utf8)
      #expect(written.count == 1)
      #expect(try JSONOutput.value(file, "arrays")["metadata"] == written[0]["metadata"])
      #expect((written[0]["metadata"]?["labels"] != nil) == options.contains("--tags"))
      let failed = try run([command, "empty.wav", "-o", "y.npz", "--json"] + options, folder: folder)
      let lines = try JSONOutput.lines(failed.output, "written")
      #expect(failed.exitCode == 1 && failed.errorLines.last?.contains("empty.wav") == true)
      #expect(lines.count == 1 && lines[0]["error"]?["code"] == .string("emptyFile"))
    }
  }
}
