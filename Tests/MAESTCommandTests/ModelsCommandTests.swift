import Foundation
import MAESTTestSupport
import Testing

@Suite struct ModelsCommandTests {
  private let audio = Fixtures.path("audio/mono-16k.wav")
  private static let head = "genre_discogs400-discogs-maest-5s-tiny-1"
  private static let headDigest = "98386c00c1efb1e1e34e83218c0b45a3be11091332f8e1d5e13771231436ad8c"

  /// A server with the files of one small model, and a list of models that names them.
  private func withServer(_ body: (_ folder: String, _ server: LoopbackServer) throws -> Void) throws {
    let graph = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")))
    let metadata = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.json")))
    let headGraph = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/\(Self.head).pb")))
    let server = try LoopbackServer { request, _ in
      if request.path.hasSuffix("/maest/tiny.pb") { return .file(graph, to: request) }
      if request.path.hasSuffix("/maest/tiny.json") { return .file(metadata, to: request) }
      if request.path.hasSuffix("/heads/\(Self.head).pb") { return .file(headGraph, to: request) }
      if request.path.hasSuffix("/heads/\(Self.head).json") { return .file(metadata, to: request) }
      if request.path.hasSuffix("/heads/other.pb") { return .file(graph, to: request) }
      if request.path.hasSuffix("/heads/other.json") { return .file(metadata, to: request) }
      return LoopbackServer.Answer(status: 404)
    }
    defer { server.stop() }
    let list = """
      {"baseURL": "\(server.baseURL)", "aliases": {"tiny": "tiny-2"}, "heads": [
         {"name": "\(Self.head)", "model": "tiny-2", "labelCount": 400,
          "graph": {"path": "heads/\(Self.head).pb", "sha256": "\(Self.headDigest)"},
          "metadata": {"path": "heads/\(Self.head).json"}},
         {"name": "other", "model": "tiny-2", "labelCount": 400,
          "graph": {"path": "heads/other.pb"}, "metadata": {"path": "heads/other.json"}}],
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
      #expect(pulled.output.contains("no expected value is known"), "the hash that came is printed")
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

  @Test func headsByName() throws {
    try withServer { folder, server in
      let refused = try models(["pull", Self.head], folder: folder)
      #expect(
        refused.exitCode == 1 && refused.errors.contains("maest models pull \(Self.head) --accept-license"))
      let missing = try models(["verify", Self.head], folder: folder)
      #expect(missing.exitCode == 1 && missing.errors.contains("is not in \(folder)/data/maest/models/heads"))

      let pulled = try models(["pull", Self.head, "--accept-license", "--quiet"], folder: folder)
      #expect(pulled.exitCode == 0 && pulled.errors.isEmpty, "\(pulled.errors)")
      #expect(pulled.output.contains("\(Self.head).pb: SHA-256 \(Self.headDigest) (as expected)"))
      #expect(
        pulled.output.contains("\(Self.head).json: SHA-256 ")
          && pulled.output.contains("not verified: no expected value"))
      let path = "\(folder)/data/maest/models/heads/\(Self.head).pb"
      #expect(pulled.output.contains("\(Self.head): \(path)\n"))
      let again = try models(["pull", Self.head], folder: folder)
      #expect(again.exitCode == 0 && again.output == "\(Self.head): installed already: \(path)\n")
      #expect(
        server.requests("\(Self.head).pb").count == 1 && server.requests("\(Self.head).json").count == 1)

      let table = try models(["list"], folder: folder).output.split(separator: "\n")
        .map { $0.split(separator: " ") }
      #expect(table.contains { $0.first == Self.head[...] && $0.last == "yes" && $0.contains("tiny-2") })
      #expect(table.contains { $0.first == "other" && $0.last == "no" })

      let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
      let tag = ["tag", audio, "--model", graph, "--json"]
      let byName = try Program.maest.run(tag + ["--head", Self.head], folder: folder)
      let byPath = try Program.maest.run(tag + ["--head", path], folder: folder)
      #expect(byName.exitCode == 0 && byName.output == byPath.output, "\(byName.errors)")
      #expect(byName.output.contains(#""head":"\#(Self.head).pb""#))
      let node = try Program.maest.run(
        ["tag", audio, "--model", graph, "--head", Self.head, "--output", "activations"], folder: folder)
      #expect(node.exitCode == 0 && node.output.contains(#""shape":[1,1,1,400]"#), "\(node.errors)")

      let verified = try models(["verify", Self.head], folder: folder)
      #expect(
        verified.exitCode == 0 && verified.output.contains("graph: SHA-256 \(Self.headDigest), as expected"))
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([0]))
      let damaged = try models(["verify", Self.head], folder: folder)
      #expect(damaged.exitCode == 1 && damaged.errors.contains("is damaged"), "\(damaged.errors)")
      let removed = try models(["remove", Self.head], folder: folder)
      #expect(removed.exitCode == 0 && removed.output.split(separator: "\n").count == 2)
      #expect(!FileManager.default.fileExists(atPath: folder + "/data/maest/models/heads"))
    }
  }

  /// What comes must be a head; a record finds the installed one by its name.
  @Test func headsThatAreNone() throws {
    try withServer { folder, _ in
      let other = try models(["pull", "other", "--accept-license"], folder: folder)
      #expect(
        other.exitCode == 1 && other.errorLines.last?.contains("classification head") == true, "\(other)")
      let rest = try FileManager.default.subpathsOfDirectory(atPath: folder + "/data/maest/models")
      #expect(rest.allSatisfy { !$0.contains("other") }, "\(rest)")
      let unknown = try Program.maest.run(
        ["tag", audio, "--head", "genre_discogs400-discogs-maest-30s-pw"], folder: folder)
      #expect(unknown.exitCode == 1 && unknown.errors.contains("no classification head of this name"))
      #expect(unknown.errors.contains("did you mean genre_discogs400-discogs-maest-30s-pw-1"))
      let missing = try Program.maest.run(
        ["tag", audio, "--head", "genre_discogs519-discogs-maest-30s-pw-519l-1"], folder: folder)
      #expect(missing.exitCode == 1)
      #expect(missing.errors.contains("maest models pull genre_discogs519-discogs-maest-30s-pw-519l-1"))
    }
  }

  /// A later run finds the head of the records among the installed ones.
  @Test func librariesFindInstalledHeads() throws {
    try withServer { folder, _ in
      _ = try models(["pull", Self.head, "--accept-license"], folder: folder)
      let model = ["--model", Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")]
      func annotate(_ arguments: [String]) throws -> Program.Result {
        try Program.maest.run(
          ["annotate", audio, "--out", "x.jsonl"] + model + arguments, folder: folder)
      }
      #expect(try annotate(["--head", Self.head]).exitCode == 0)
      let first = try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8)
      #expect(first.contains(#""head":"\#(Self.head).pb""#) && first.contains(Self.headDigest))
      let again = try annotate(["--force"])
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(try String(contentsOfFile: folder + "/x.jsonl", encoding: .utf8) == first)
      let others = try annotate(["--head", "genre_discogs400-discogs-maest-30s-pw-1"])
      #expect(others.exitCode == 2 && others.errors.contains("maest models pull"), "\(others.errors)")
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
