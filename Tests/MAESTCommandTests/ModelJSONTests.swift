import Foundation
import MAESTTestSupport
import Testing

/// What is printed of models, the machine, the cache and conversions as JSON is as the schemas say.
@Suite struct ModelJSONTests {
  private let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")

  @Test func `two models side by side`() throws {
    try JSONOutput.withModels { folder in
      let result = try Program.maest.run(
        ["compare", "tiny.safetensors", "other.safetensors", "x.wav", "missing.wav", "--json"], folder: folder
      )
      #expect(result.exitCode == 1)
      let lines = try JSONOutput.lines(result.output, "compare")
      #expect(lines.count == 2 && lines[0]["path"] == .string("missing.wav"))
      #expect(lines[1]["compared"]?["path"] == .string("tiny.safetensors"))
      #expect(lines[1]["layers"]?.array?.count == 3 && lines[1]["top_agreement"] != nil)
      try FileManager.default.copyItem(
        atPath: folder + "/tiny.safetensors", toPath: folder + "/copy.safetensors")
      let equal = try Program.maest.run(
        ["compare", "tiny.safetensors", "copy.safetensors", "x.wav", "--json"], folder: folder)
      let same = try JSONOutput.value(equal.output, "compare")
      #expect(same["layers"]?[0]?["worst_token"] == nil && same["layers"]?[0]?["mean_cosine"] != .null)
    }
  }

  @Test func `facts and labels of models`() throws {
    try JSONOutput.withModels { folder in
      for model in ["tiny.safetensors", graph] {
        let info = try Program.maest.run(["info", model, "--json"], folder: folder)
        let facts = try JSONOutput.value(info.output, "info")
        let labels = try JSONOutput.value(
          Program.maest.run(["labels", model, "--json"], folder: folder).output, "labels")
        #expect(facts["network"]?["label_count"]?.number == labels.array.map { Double($0.count) })
        let state = facts["verification"]?["state"]?.string
        #expect(state == (model == graph ? "passed" : "unknown"))
      }
    }
  }

  @Test(arguments: [
    [], ["--backend", "reference"], ["--precision", "bf16", "--allow-emulation"],
    ["--precision", "int16", "--allow-emulation"],
    ["--precision", "high", "--allow-emulation"],
  ])
  func `facts of the machine`(options: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["info", "--system", "--json"] + options, folder: folder)
      let facts = try JSONOutput.value(result.output, "system")
      #expect((facts["tiles"] != nil) == options.contains("--precision"))
      let openBLAS = try Program.maest.run(
        ["info", "--system", "--json", "--backend", "openblas"], folder: folder)
      guard openBLAS.exitCode == 0 else { return }
      #expect(try JSONOutput.value(openBLAS.output, "system")["openblas_core"] != nil)
    }
  }

  @Test func `models and the cache`() throws {
    try JSONOutput.withModels { folder in
      let models = folder + "/data/maest/models"
      try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: folder + "/tiny.safetensors", toPath: models + "/mine.safetensors")
      let list = try JSONOutput.value(
        Program.maest.run(["models", "list", "--json"], folder: folder).output, "models")
      let names = list["models"]?.array?.filter { $0["installed"] == .bool(true) }.compactMap {
        $0["name"]?.string
      }
      #expect(names == ["mine"] && list["models"]?.array?.contains { $0["official"] == .bool(true) } == true)
      #expect(list["models"]?.array?.contains { $0["heads"]?.array?.isEmpty == false } == true)

      let empty = try Program.maest.run(["cache", "list", "--json"], folder: folder)
      #expect(try JSONOutput.value(empty.output, "cache")["items"] == .array([]))
      try FileManager.default.copyItem(atPath: graph, toPath: folder + "/graph.pb")
      let tags = try Program.maest.run(
        ["tag", Fixtures.path("audio/mono-16k.wav"), "--model", "graph.pb"], folder: folder)
      #expect(tags.exitCode == 0, "\(tags.errors)")
      try Data().write(to: URL(filePath: folder + "/cache/maest/unknown.safetensors"))
      try Self.writePackedWeights(to: folder + "/cache/maest/packed")
      let full = try JSONOutput.value(
        Program.maest.run(["cache", "list", "--json"], folder: folder).output, "cache")
      let items = full["items"]?.array ?? []
      #expect(Set(items.compactMap { $0["state"]?.string }) == ["present", "unknown", "gone"])
      #expect(items.compactMap { $0["precision"]?.string } == ["high"])
    }
  }

  /// A file as it is made for a large model, which is not there any more.
  private static func writePackedWeights(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: folder + "/x.safetensors"))
    let record = """
      {"kind": "packed weights", "model": "m.pb", "precision": "high", "maker": "0", "byte_count": 0,
       "sha256": "0", "identity": "0", "sources": [{"path": "/nowhere/m.safetensors", "identity": "0"}]}
      """
    try record.write(toFile: folder + "/x.safetensors.json", atomically: true, encoding: .utf8)
  }

  @Test(arguments: [
    (["maest-original-2.pb", "-o", "out.safetensors"], "passed"),
    (["maest-original-2.pb", "--dry-run"], "passed"),
    (["maest-original-2.pb", "--dry-run", "--no-verify"], "notVerified"),
    (["maest-original-original.safetensors", "--heads", "3", "-o", "out.safetensors"], "noGraph"),
  ])
  func conversions(arguments: [String], state: String) throws {
    try withTemporaryFolder { folder in
      let source = Fixtures.path("graphs/\(arguments[0])")
      let result = try Program.convert.run(
        [source, "--json"] + arguments.dropFirst(), folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let report = try JSONOutput.value(result.output, "convert")
      #expect(report["verification"]?["state"]?.string == state)
      #expect((report["comparisons"] != nil) == (state == "passed"))
      #expect((report["output"] != nil) == arguments.contains("-o"))
    }
  }

  @Test func `a conversion that fails`() throws {
    try JSONOutput.withModels { folder in
      try FileManager.default.copyItem(atPath: folder + "/x.wav", toPath: folder + "/x.pb")
      let result = try Program.convert.run(["x.pb", "--json"], folder: folder)
      #expect(result.exitCode == 1 && result.errorLines.count == 1)
      let failure = try JSONOutput.value(result.output, "convert")
      #expect(failure["path"] == .string("x.pb") && failure["error"]?["code"] == .string("notAGraph"))
    }
  }
}
