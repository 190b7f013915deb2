import Foundation
import MAESTTestSupport
import Testing

@Suite struct ConvertCommandTests {
  @Test func convertsBesideTheGraph() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"), toPath: folder + "/graph.pb")
      let result = try Program.convert.run(["graph.pb"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("graph.safetensors") && result.output.contains("unused"))
      #expect(result.errors.contains("400 Discogs styles"), "labels were assumed")
      let tags = try Program.maest.run(
        ["tag", Fixtures.path("audio/mono-16k.wav"), "--model", "graph.safetensors"], folder: folder)
      #expect(tags.exitCode == 0)
    }
  }

  /// Nothing that the weights are made of is replaced by them.
  @Test(arguments: [
    ["graph.pb", "-o", "graph.pb"], ["graph.pb", "-o", "graph.json"], ["graph.pb", "-o", "./graph.pb"],
    ["graph.pb", "--metadata", "other.json", "-o", "other.json"], ["graph.pb", "-o", "weights.bin"],
  ])
  func inputsAreNotReplaced(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2")
      try FileManager.default.copyItem(atPath: graph + ".pb", toPath: folder + "/graph.pb")
      for name in ["graph.json", "other.json"] {
        try FileManager.default.copyItem(atPath: graph + ".json", toPath: folder + "/" + name)
      }
      let before = try Data(contentsOf: URL(filePath: folder + "/graph.json"))
      let result = try Program.convert.run(arguments, folder: folder)
      #expect(result.exitCode == 64 && result.errors.contains("name"), "\(result.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder + "/graph.json")) == before)
    }
  }

  /// A folder's name keeps all of it, with or without the slash that completion puts behind it.
  @Test(arguments: ["model.v2", "model.v2/"]) func savedModelFolders(argument: String) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("graphs/maest-module-savedmodel"), toPath: folder + "/model.v2")
      let result = try Program.convert.run([argument], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(FileManager.default.fileExists(atPath: folder + "/model.v2.safetensors"))
    }
  }

  private static let original = Fixtures.path("graphs/maest-original-2.pb")

  @Test func aDryRunExplainsAndWritesNothing() throws {
    try withTemporaryFolder { folder in
      let result = try Program.convert.run([Self.original, "--dry-run", "--explain"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("dry run, nothing is written"))
      #expect(result.output.contains("passed"))
      let lines = result.output.split(separator: "\n")
      let values = try #require(lines.first { $0.contains("block 3, values") })
      #expect(values.contains("part 3 of 3 of a fused layer") && values.contains("[24, 72]"))
      #expect(values.contains("blocks.2/attn/qkv/MatMul"))
      #expect(lines.contains { $0.contains("ignored:") && $0.contains("no output depends on") })
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!files.contains { $0.hasSuffix(".safetensors") }, "\(files)")
    }
  }

  @Test func explainsAsJSON() throws {
    try withTemporaryFolder { folder in
      let result = try Program.convert.run(
        [Self.original, "-o", "out.safetensors", "--json"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      #expect(object?["output"] as? String == "out.safetensors")
      #expect((object?["network"] as? [String: Any])?["block_count"] as? Int == 3)
      #expect(
        (object?["outputs"] as? [String: [String]])?["layer 2"]?.contains("PartitionedCall/Identity_2")
          == true)
      #expect((object?["comparisons"] as? [Any])?.count == 5)
      let parts = object?["parts"] as? [[String: Any]]
      let queries = parts?.first { $0["name"] as? String == "block 1, queries" }
      #expect(queries?["form"] as? String == "part 1 of 3 of a fused layer")
      #expect((object?["ignored"] as? [[String: Any]])?.isEmpty == false)
    }
  }

  @Test(arguments: [
    ["--dry-run", "-o", "out.safetensors"], ["--json", "--explain"], ["--quiet", "--explain"],
    ["--quiet", "--json"],
  ])
  func optionsThatDoNotGoTogether(options: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.convert.run([Self.original] + options, folder: folder)
      #expect(result.exitCode == 64)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasSuffix("tensors") })
    }
  }

  /// A model that gives tokens only: tagging says so, embedding works.
  @Test func aModelWithoutAHead() throws {
    try withTemporaryFolder { folder in
      try Self.withoutHead(Data(contentsOf: URL(filePath: Self.tensors)))
        .write(to: URL(filePath: folder + "/original.safetensors"))
      let result = try Program.convert.run(
        ["original.safetensors", "--heads", "3", "-o", "tokens.safetensors"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.errors.contains("no classifier") && result.output.contains("no classifier"))
      let audio = Fixtures.path("audio/mono-16k.wav")
      let tags = try Program.maest.run(["tag", audio, "--model", "tokens.safetensors"], folder: folder)
      #expect(tags.exitCode == 1)
      #expect(tags.errorLines.count == 1 && tags.errors.contains("no classification head"), "\(tags.errors)")
      let tokens = try Program.maest.run(
        ["embed", audio, "--model", "tokens.safetensors", "--layer", "3", "-o", "tokens.npy"], folder: folder)
      #expect(tokens.exitCode == 0, "\(tokens.errors)")
    }
  }

  private static let tensors = Fixtures.path("graphs/maest-original-original.safetensors")

  /// A safetensors file without the tensors of the classifier.
  private static func withoutHead(_ file: Data) throws -> Data {
    let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let object = try JSONSerialization.jsonObject(with: file[8..<(8 + size)])
    let entries = try #require(object as? [String: [String: Any]])
    var (header, data): ([String: Any], Data) = ([:], Data())
    for (name, entry) in entries where !name.hasPrefix("head") && name != "__metadata__" {
      let offsets = try #require(entry["data_offsets"] as? [Int])
      let begin = data.count
      data += file[(8 + size + offsets[0])..<(8 + size + offsets[1])]
      header[name] = ["dtype": entry["dtype"], "shape": entry["shape"], "data_offsets": [begin, data.count]]
    }
    let text = try JSONSerialization.data(withJSONObject: header)
    return Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }) + text + data
  }
}
