import Foundation
import MAESTTestSupport
import Testing

@Suite struct ModelCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")

  @Test func labelsInOutputOrder() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["labels", graph], folder: folder)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 400)
      #expect(lines.first == "Blues---Boogie Woogie")
      let json = try Program.maest.run(["labels", graph, "--json"], folder: folder)
      #expect(try JSONDecoder().decode([String].self, from: Data(json.output.utf8)) == lines.map(String.init))
    }
  }

  @Test func facts() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["info", graph, "--json"], folder: folder)
      let facts = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let network = try #require(facts["network"] as? [String: Any])
      #expect(network["token_count"] as? Int == 281)
      #expect(network["block_count"] as? Int == 12)
      #expect(
        (facts["outputs"] as? [String: [String]])?["layer 7"]?.contains("PartitionedCall/Identity_7") == true)
      let table = try Program.maest.run(["info", graph], folder: folder)
      #expect(table.output.contains("281: CLS, DIST, 9 x 31"))
    }
  }

  @Test func systemFacts() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["info", "--system"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("Threads: "))
      let wrong = try Program.maest.run(
        ["info", "--system"], folder: folder, environment: ["MAEST_CPU": "abacus"])
      #expect(wrong.exitCode == 1)
      #expect(wrong.errors.contains("abacus"))
    }
  }

  @Test func helpHasExamplesAndCompletionExists() throws {
    try withTemporaryFolder { folder in
      for command in [
        ["--help"], ["tag", "--help"], ["embed", "--help"], ["info", "--help"], ["labels", "--help"],
      ] {
        let result = try Program.maest.run(command, folder: folder)
        #expect(result.exitCode == 0)
        #expect(result.output.contains("Example"))
      }
      #expect(try Program.convert.run(["--help"], folder: folder).output.contains("Examples"))
      let completion = try Program.maest.run(["--generate-completion-script", "bash"], folder: folder)
      #expect(completion.exitCode == 0 && completion.output.contains("_maest"))
    }
  }
}
