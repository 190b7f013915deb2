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
}
