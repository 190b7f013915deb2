import Foundation
import MAESTTestSupport
import Testing

@Suite struct ModelsCommandTests {
  private let audio = Fixtures.path("audio/mono-16k.wav")

  /// A server with the files of one small model, and a list of models that names them.
  private func withServer(_ body: (_ folder: String, _ server: LoopbackServer) throws -> Void) throws {
    let graph = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")))
    let metadata = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.json")))
    let server = try LoopbackServer { request, _ in
      if request.path.hasSuffix("/maest/tiny.pb") { return .file(graph, to: request) }
      if request.path.hasSuffix("/maest/tiny.json") { return .file(metadata, to: request) }
      return LoopbackServer.Answer(status: 404)
    }
    defer { server.stop() }
    let list = """
      {"baseURL": "\(server.baseURL)", "aliases": {"tiny": "tiny-2"}, "heads": [],
       "licence": {"name": "CC BY-NC-SA 4.0", "url": "http://127.0.0.1/", "owner": "O", "summary": "S"},
       "models": [{"name": "tiny-2", "labelCount": 400, "seconds": 5, "graph": {"path": "maest/tiny.pb"},
         "metadata": {"path": "maest/tiny.json"}}]}
      """
    try withTemporaryFolder { folder in
      try list.write(toFile: folder + "/list.json", atomically: true, encoding: .utf8)
      try body(folder, server)
    }
  }

  private func models(
    _ arguments: [String], folder: String, environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.maest.run(
      ["models"] + arguments + ["--catalogue", "list.json"], folder: folder,
      environment: ["no_proxy": "127.0.0.1"].merging(environment) { $1 })
  }

  @Test func pullUseVerifyRemove() throws {
    try withServer { folder, server in
      let refused = try models(["pull", "tiny"], folder: folder)
      #expect(refused.exitCode == 1 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains("CC BY-NC-SA 4.0") && refused.errors.contains("--accept-license"))

      let pulled = try models(["pull", "tiny", "--accept-license"], folder: folder)
      #expect(pulled.exitCode == 0, "\(pulled.errors)")
      #expect(pulled.output.contains("data/maest/models/tiny-2.safetensors"))
      #expect(pulled.output.contains("none is known to compare it with"), "the hash that came is printed")
      #expect(pulled.errors.contains("downloading \(server.baseURL)/maest/tiny.pb"))
      #expect(!pulled.errors.contains("\u{1B}"), "no bar without a terminal")

      let again = try models(["pull", "tiny"], folder: folder)
      #expect(again.exitCode == 0 && again.output.contains("installed already"))
      #expect(server.requests("").count == 2)

      let tags = try Program.maest.run(
        ["tag", audio, "--model", "tiny-2", "--csv", "--top", "1"], folder: folder)
      #expect(tags.exitCode == 0 && tags.output.contains("---"), "\(tags.errors)")

      let verified = try models(["verify", "tiny"], folder: folder)
      #expect(verified.exitCode == 0 && verified.output.contains("as expected"))
      let removed = try models(["remove", "tiny"], folder: folder)
      #expect(removed.exitCode == 0 && removed.output.contains("removed \(folder)/data/maest/models/tiny-2."))
      let gone = try models(["verify", "tiny"], folder: folder)
      #expect(gone.exitCode == 1 && gone.errors.contains("maest models pull tiny-2"), "\(gone.errors)")
    }
  }

  @Test func whatThereIsToPull() throws {
    try withServer { folder, server in
      _ = try models(["pull", "tiny", "--accept-license"], folder: folder)
      let table = try models(["list"], folder: folder)
      let row = try #require(table.output.split(separator: "\n").dropFirst().first)
      #expect(row.split(separator: " ") == ["tiny-2", "tiny", "400", "5", "s", "yes"])
      let json = try models(["list", "--json"], folder: folder)
      let list = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let model = try #require((list["models"] as? [[String: Any]])?.first)
      #expect(model["installed"] as? Bool == true && model["aliases"] as? [String] == ["tiny"])
      #expect((model["graph"] as? [String: Any])?["url"] as? String == server.baseURL + "/maest/tiny.pb")

      let official = try Program.maest.run(["models", "list"], folder: folder)
      #expect(official.output.contains("30s-pw-519l-2") && official.output.contains("350.0 MB"))
      #expect(official.output.split(separator: "\n").contains { $0.hasPrefix("tiny-2 ") }, "installed, too")
    }
  }

  @Test func namesThatDoNotWork() throws {
    try withTemporaryFolder { folder in
      let missing = try Program.maest.run(["labels", "30s-pw-519l"], folder: folder)
      #expect(missing.exitCode == 1 && missing.errorLines.count == 1)
      #expect(missing.errors.contains("maest models pull 30s-pw-519l-2 --accept-license"))
      let unknown = try Program.maest.run(["tag", audio, "--model", "30s-pw-519"], folder: folder)
      #expect(unknown.exitCode == 1 && unknown.errors.contains("did you mean 30s-pw-519l"))
      for command in ["pull", "verify", "remove"] {
        let result = try Program.maest.run(["models", command, "../x"], folder: folder)
        #expect(result.exitCode == 1 && result.errorLines.count == 1, "\(result.errors)")
      }
      for arguments in [["pull"], ["pull", "x", "--retries", "-1"], ["pull", "x", "--stall-limit", "0"]] {
        #expect(try Program.maest.run(["models"] + arguments, folder: folder).exitCode == 64)
      }
      for arguments in [[], ["list"], ["pull"], ["verify"], ["remove"]] {
        let help = try Program.maest.run(["models"] + arguments + ["--help"], folder: folder)
        #expect(help.exitCode == 0 && help.output.contains("Example"))
      }
    }
  }

  /// A limit on the size of files stands for a full disk: both make the system refuse to write.
  @Test func aFullDisk() throws {
    try withServer { folder, server in
      _ = try models(["pull", "nothing"], folder: folder)
      let limited = try models(
        ["pull", "tiny", "--accept-license"], folder: folder,
        through: "trap '' XFSZ; ulimit -f 600; exec \"$@\"")
      #expect(limited.exitCode == 1, "\(limited.errors)")
      let last = try #require(limited.errors.split(separator: "\n").last)
      #expect(last.contains("tiny.pb.part: cannot write") && last.contains("make room"), "\(last)")
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder + "/data/maest/models")
      #expect(
        Set(files) == [
          "accepted-licences.json", "downloads", "downloads/tiny.json", "downloads/tiny.pb.part",
          "downloads/tiny.pb.part.json",
        ])
      let resumed = try models(["pull", "tiny"], folder: folder)
      #expect(resumed.exitCode == 0 && resumed.errors.contains("going on after"), "\(resumed.errors)")
      #expect(server.requests("tiny.pb").last?.fields["range"] != nil)
    }
  }

  #if os(Linux)
    /// On Apple systems URLSession takes the system's settings instead.
    @Test func proxiesOfTheEnvironment() throws {
      try withServer { folder, server in
        let pulled = try models(
          ["pull", "tiny", "--accept-license", "--base-url", "http://models.invalid/a", "--retries", "0"],
          folder: folder, environment: ["http_proxy": server.baseURL, "no_proxy": ""])
        #expect(pulled.exitCode == 0, "\(pulled.errors)")
        #expect(server.requests("tiny.pb").map(\.path) == ["http://models.invalid/a/maest/tiny.pb"])
      }
    }
  #endif

  /// Runs a shell's script that ends with `exec "$@"`, which is the program; gives its exit code and messages.
  private func models(
    _ arguments: [String], folder: String, through script: String
  ) throws -> (exitCode: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = try ["-c", script, "sh", Self.programPath(), "models"] + arguments
    process.arguments? += ["--catalogue", "list.json"]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "XDG_CACHE_HOME": folder + "/cache", "XDG_DATA_HOME": folder + "/data", "no_proxy": "127.0.0.1",
    ]) { $1 }
    let errors = folder + "/errors"
    try Data().write(to: URL(filePath: errors))
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: errors, encoding: .utf8))
  }

  private static func programPath() throws -> String {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var path: String?
    for _ in 0..<6 where path == nil {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("maest").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
        path = candidate
      }
    }
    return try #require(path)
  }
}
