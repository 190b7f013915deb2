import Foundation
import MAESTTestSupport

/// The Swift in one article, or in one documentation comment, as a program.
///
/// - An article may use what its blocks import, and the module of its catalogue. A documentation comment may use its
///   module, and what its file imports publicly.
/// - Blocks are read in order: each sees the names of those before it, and may use them for something else.
/// - Any other name is one of `Tests/Fixtures/documentation/Given.swift`.
struct SwiftExample {
  /// Relative to the repository's root.
  let path: String
  let blocks: [Documentation.Block]
  /// Modules that are visible without being imported by a block.
  let modules: [String]

  /// A package manifest is a program of its own.
  private static func isManifest(_ block: Documentation.Block) -> Bool {
    block.lines.first?.hasPrefix("// swift-tools-version") == true
  }

  /// The source file with the example as the body of a function, whose errors name the lines of the document.
  func source(number: Int) -> String {
    let statedImports = blocks.flatMap(\.lines).filter(Self.isImport)
    let imports = Set(statedImports + modules.map { "import \($0)" }).sorted()
    let bodies = blocks.map { block in
      let lines = block.lines.map { Self.isImport($0) ? "" : $0 }
      return "do {\n#sourceLocation(file: \"\(path)\", line: \(block.firstLine))\n"
        + lines.joined(separator: "\n") + "\n#sourceLocation()\n"
    }
    return imports.joined(separator: "\n") + "\nfunc example\(number)() async throws {\n" + bodies.joined()
      + String(repeating: "}\n", count: blocks.count + 1)
  }

  private static func isImport(_ line: String) -> Bool { line.hasPrefix("import ") }

  /// The examples of the articles, and of the documentation comments in `Sources`.
  static func all() throws -> [SwiftExample] {
    let articles = try Documentation.all().map { document in
      SwiftExample(
        path: document.path, blocks: try document.blocks("swift").filter { !isManifest($0) },
        modules: module(of: document.path).map { [$0] } ?? [])
    }
    let sources = try FileManager.default.subpathsOfDirectory(atPath: Documentation.path("Sources"))
      .filter { $0.hasSuffix(".swift") }.sorted()
    let comments = try sources.flatMap { try inComments(ofFileAt: "Sources/" + $0) }
    return (articles + comments).filter { !$0.blocks.isEmpty }
  }

  /// Blocks that are package manifests, with the documents that they are from.
  static func manifests() throws -> [(path: String, block: Documentation.Block)] {
    try Documentation.all().flatMap { document in
      try document.blocks("swift").filter(isManifest).map { (document.path, $0) }
    }
  }

  private static func module(of path: String) -> String? {
    let parts = path.split(separator: "/")
    return parts.first == "Sources" ? String(parts[1]) : nil
  }

  private static func inComments(ofFileAt path: String) throws -> [SwiftExample] {
    let text = try String(contentsOfFile: Documentation.path(path), encoding: .utf8)
    guard text.contains("/// ```swift") else { return [] }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let prefix = "public import "
    let modules = lines.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    return comments(in: lines).map { comment in
      SwiftExample(
        path: path,
        blocks: Documentation.blocks("swift", in: comment.lines, firstLine: comment.firstLine),
        modules: [module(of: path)].compactMap(\.self) + modules)
    }
  }

  /// The documentation comments among the lines of a source file, without their slashes.
  private static func comments(in lines: [Substring]) -> [Documentation.Block] {
    var comments: [Documentation.Block] = []
    var comment: [String] = []
    for (line, number) in zip(lines + [""], 1...) {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("///") {
        comment.append(String(text.dropFirst(text.hasPrefix("/// ") ? 4 : 3)))
      } else if !comment.isEmpty {
        comments.append(Documentation.Block(firstLine: number - comment.count, lines: comment))
        comment = []
      }
    }
    return comments
  }
}
