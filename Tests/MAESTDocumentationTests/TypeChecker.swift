import Foundation
import MAESTTestSupport

/// The compiler, looking at programs that import the modules of this package as they were built for the tests.
struct TypeChecker {
  /// What the compiler says against a program: a line each with the place and the reason.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Where this test bundle stands, and `Modules` beside it.
  private static func buildFolder() throws -> URL {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.path + "/Modules/MAEST.swiftmodule") { return folder }
    }
    throw Failure(description: "no Modules near \(CommandLine.arguments[0])")
  }

  /// Type-checks source files as one module.
  ///
  /// - Returns: errors, and warnings but for values that are not used: an example need not use what it shows.
  static func problems(in sources: [String]) throws -> [String] {
    let folder = try buildFolder()
    let maps = [
      Documentation.path("Sources") + "/*/module.modulemap",
      folder.path + "/*.build/module.modulemap",
      folder.path + "/../../checkouts/*/Sources/*/module.modulemap",
    ].flatMap(paths)
    return try problems(
      in: sources,
      arguments: [
        "-swift-version", "6", "-enable-upcoming-feature", "MemberImportVisibility", "-parse-as-library",
        "-I", folder.path + "/Modules", "-module-cache-path", folder.path + "/ModuleCache",
      ] + (maps.map { "-fmodule-map-file=\($0)" } + (try headerFolders())).flatMap { ["-Xcc", $0] })
  }

  /// Type-checks a package manifest.
  static func problems(inManifest source: String) throws -> [String] {
    struct Information: Decodable {
      struct Paths: Decodable { let runtimeResourcePath: String }
      let paths: Paths
    }
    let (status, output) = try swiftc(["-print-target-info"])
    guard status == 0 else { throw Failure(description: output) }
    let paths = try JSONDecoder().decode(Information.self, from: Data(output.utf8)).paths
    return try problems(
      in: [source],
      arguments: [
        "-swift-version", "6", "-package-description-version", "6.2", "-I",
        paths.runtimeResourcePath + "/pm/ManifestAPI",
      ])
  }

  private static func problems(in sources: [String], arguments: [String]) throws -> [String] {
    try withTemporaryFolder { folder in
      let paths = sources.indices.map { folder + "/source\($0).swift" }
      for (source, path) in zip(sources, paths) {
        try source.write(toFile: path, atomically: false, encoding: .utf8)
      }
      let (status, output) = try swiftc(["-typecheck", "-diagnostic-style=llvm"] + arguments + paths)
      let lines = Set(output.split(separator: "\n").map(String.init))
      let problems = lines.filter { line in
        line.contains("error: ")
          || (line.contains("warning: ") && !line.contains("never used") && !line.contains("unused"))
      }
      guard status == 0 || !problems.isEmpty else { throw Failure(description: output) }
      return problems.sorted()
    }
  }

  /// Paths of the files that a pattern of the shell matches.
  private static func paths(matching pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }

  /// The flags for headers that are in folders of their own.
  private static func headerFolders() throws -> [String] {
    let (status, output) = try run("pkg-config", ["--cflags-only-I", "opusfile"])
    guard status == 0 else { throw Failure(description: output) }
    return output.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private static func swiftc(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try run("swiftc", arguments)
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String)
  {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
