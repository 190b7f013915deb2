import Foundation
import MAESTTestSupport
import Testing

/// What options name as outputs: devices and links stay what they are.
@Suite struct OutputTargetCommandTests {
  private static let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  private static let mono = Fixtures.path("audio/mono-16k.wav")

  /// A command that writes, the ending of what it writes, and its option for that.
  private static let commands: [([String], String)] = [
    (["decode", mono, "-o"], "npy"), (["embed", mono, "--model", graph, "-o"], "npz"),
    (["tokens", mono, "--model", graph, "--layers", "3", "-o"], "safetensors"),
    (["attention", mono, "--model", graph, "--layers", "3", "-o"], "json"),
    (["picture", "mel", mono, "--model", graph, "-o"], "png"),
    (["report", mono, "--model", graph, "-o"], "html"),
  ]

  private func kind(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("x") }.sorted()
  }

  /// Root can make a device; others have a link to one.
  @Test(arguments: commands.indices) func aDeviceStaysADevice(index: Int) throws {
    let (arguments, ending) = Self.commands[index]
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.\(ending)"
      #if os(Linux)
        if mknod(path, S_IFCHR | 0o666, 1 << 8 | 3) != 0 { try link(path, to: "/dev/null") }
      #else
        try link(path, to: "/dev/null")
      #endif
      let before = kind(path)
      let result = try Program.maest.run(arguments + [path], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(kind(path) == before && kind("/dev/null") == S_IFCHR)
      #expect(try names(in: folder) == ["x.\(ending)"])
    }
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  @Test(arguments: commands.indices) func aLinkLeadsToTheFile(index: Int) throws {
    let (arguments, ending) = Self.commands[index]
    try withTemporaryFolder { folder in
      let (path, target) = ("\(folder)/x-link.\(ending)", "\(folder)/x-target")
      try link(path, to: "x-target")
      let result = try Program.maest.run(arguments + [path], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(kind(path) == S_IFLNK && kind(target) == S_IFREG)
      let direct = try Program.maest.run(arguments + ["\(folder)/x.\(ending)"], folder: folder)
      #expect(direct.exitCode == 0)
      let found = FileManager.default.contents(atPath: target)
      #expect(
        found?.isEmpty == false && found == FileManager.default.contents(atPath: "\(folder)/x.\(ending)"))
      #expect(try names(in: folder) == ["x-link.\(ending)", "x-target", "x.\(ending)"])
    }
  }

  @Test func weightsGoWhereALinkLeads() throws {
    try withTemporaryFolder { folder in
      try link(folder + "/x.safetensors", to: "/dev/null")
      let nowhere = try Program.convert.run(
        [Self.graph, "-o", folder + "/x.safetensors"], folder: folder)
      #expect(nowhere.exitCode == 0, "\(nowhere.errors)")
      #expect(kind(folder + "/x.safetensors") == S_IFLNK && kind("/dev/null") == S_IFCHR)
    }
  }

  /// A program started by one that ignores the end of its children, as `nohup` daemons do.
  @Test(arguments: [true, false]) func theEndOfFFmpegIsKnownWhereSIGCHLDIsIgnored(isWhole: Bool) throws {
    try withTemporaryFolder { folder in
      let sound = Fixtures.path("fuzz/audio/float.wav")
      let script = isWhole ? "cat '\(sound)'" : "head -c 8000 '\(sound)'; echo went wrong >&2; exit 1"
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: folder + "/ffmpeg"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/ffmpeg")
      try Data("neither audio nor video".utf8).write(to: URL(filePath: folder + "/in.m4a"))
      let result = try Program.maest.run(
        ["decode", "in.m4a", "-o", "x.npy", "--damaged", "refuse"], folder: folder,
        environment: ["PATH": folder + ":/usr/bin:/bin"], after: "trap '' CHLD")
      #expect(result.exitCode == (isWhole ? 0 : 1), "\(result.errors)")
      #expect(result.errors.contains("went wrong") == !isWhole, "\(result.errors)")
      #expect(try names(in: folder) == (isWhole ? ["x.npy"] : []))
    }
  }
}
