import Foundation
import MAESTTestSupport
import Testing

@Suite struct CacheCommandTests {
  private let audio = Fixtures.path("audio/mono-16k.wav")

  private func withGraph(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"), toPath: folder + "/graph.pb")
      try body(folder)
    }
  }

  private func cache(_ arguments: [String], folder: String) throws -> Program.Result {
    try Program.maest.run(["cache"] + arguments, folder: folder)
  }

  @Test func listAndClean() throws {
    try withGraph { folder in
      let empty = try cache(["list"], folder: folder)
      #expect(empty.exitCode == 0 && empty.output.hasPrefix("0 files, "), "\(empty.output)")
      let tags = try Program.maest.run(["tag", audio, "--model", "graph.pb"], folder: folder)
      #expect(tags.exitCode == 0, "\(tags.errors)")
      #expect(tags.errors.contains("verifying"), "\(tags.errors)")
      let info = try Program.maest.run(["info", "graph.pb"], folder: folder)
      #expect(info.output.contains("verified  against the graph on 1 random patch"), "\(info.output)")
      #expect(info.errors.isEmpty, "no second conversion: \(info.errors)")

      let table = try cache(["list"], folder: folder)
      let row = try #require(table.output.split(separator: "\n").dropFirst().first)
      #expect(row.hasPrefix("conversion") && row.contains("graph.pb") && row.hasSuffix("present"))
      let json = try cache(["list", "--json"], folder: folder)
      let list = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let item = try #require((list["items"] as? [[String: Any]])?.first)
      #expect(item["state"] as? String == "present" && item["model"] as? String == "graph.pb")
      #expect(item["size"] as? Int == list["size"] as? Int)
      #expect((item["last_used"] as? String)?.hasSuffix("Z") == true)

      #expect(try cache(["clean", "--gone"], folder: folder).output == "freed 0.0 kB in 0 files\n")
      try FileManager.default.removeItem(atPath: folder + "/graph.pb")
      let path = try #require(item["path"] as? String)
      let dry = try cache(["clean", "--gone", "--dry-run"], folder: folder)
      #expect(dry.output.contains("would remove \(path)") && dry.output.contains("in 1 file\n"))
      #expect(FileManager.default.fileExists(atPath: path))
      let cleaned = try cache(["clean", "--gone"], folder: folder)
      #expect(cleaned.output.contains("removed \(path)") && cleaned.output.contains("freed"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/cache/maest") == [])
    }
  }

  @Test func whatDoesNotGoTogether() throws {
    try withTemporaryFolder { folder in
      for arguments in [
        [], ["--all", "--gone"], ["--older-than", "1", "--all"], ["--older-than", "-1"],
        ["--older-than", "nan"],
        ["--older-than", "1e300"],
      ] {
        #expect(try cache(["clean"] + arguments, folder: folder).exitCode == 64, "\(arguments)")
      }
      for arguments in [[], ["list"], ["clean"]] {
        let help = try cache(arguments + ["--help"], folder: folder)
        #expect(help.exitCode == 0 && help.output.contains("Example"))
      }
    }
  }

  /// A home folder in which nothing can be kept.
  @Test func withoutACacheAGraphIsStillAModel() throws {
    try withGraph { folder in
      try Data().write(to: URL(filePath: folder + "/cache"))
      let tags = try Program.maest.run(
        ["tag", audio, "--model", "graph.pb", "--csv", "--top", "1"], folder: folder)
      #expect(tags.exitCode == 0, "\(tags.errors)")
      #expect(tags.errors.contains("stay in memory"), "\(tags.errors)")
      #expect(tags.output.contains("---"))
    }
  }

  /// $HOME says where the cache is, whatever the system's list of users says.
  @Test func theCacheIsInHome() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["cache", "list"], folder: folder,
        environment: ["HOME": folder + "/home", "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""])
      #expect(result.output.contains("folder: \(folder)/home/"), "\(result.output)\(result.errors)")
      let models = try Program.maest.run(
        ["models", "list"], folder: folder,
        environment: ["HOME": folder + "/home", "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""])
      #expect(models.output.contains("folder: \(folder)/home/"), "\(models.output)\(models.errors)")
    }
  }
}
