import Foundation
import Testing

/// A text for users in the repository, and the code in it.
public struct Documentation: Hashable, Sendable, CustomTestStringConvertible {
  /// A block of code between fences.
  public struct Block: Hashable, Sendable {
    /// Number of the line after the opening fence, counted from 1.
    public let firstLine: Int
    public let lines: [String]
    public var text: String { lines.joined(separator: "\n") }

    public init(firstLine: Int, lines: [String]) {
      self.firstLine = firstLine
      self.lines = lines
    }
  }

  /// Relative to the repository's root.
  public let path: String

  public static let readme = Documentation(path: "README.md")
  public static let comingFromEssentia = Documentation(
    path: "Sources/MAESTEssentia/MAESTEssentia.docc/ComingFromEssentia.md")

  /// README.md and every article of every documentation catalogue.
  public static func all() throws -> [Documentation] {
    let articles = try FileManager.default.subpathsOfDirectory(atPath: Self.path("Sources"))
      .filter { $0.contains(".docc/") && $0.hasSuffix(".md") }
    return [.readme] + articles.sorted().map { Documentation(path: "Sources/" + $0) }
  }

  public var testDescription: String { path }

  public func text() throws -> String {
    try String(contentsOfFile: Self.path(path), encoding: .utf8)
  }

  /// The blocks of code in one language.
  public func blocks(_ language: String) throws -> [Block] {
    let lines = try text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Self.blocks(language, in: lines, firstLine: 1)
  }

  /// The text of the blocks of code in one language, without their fences.
  public func code(_ language: String) throws -> [String] { try blocks(language).map(\.text) }

  /// The blocks of code in one language.
  ///
  /// - Parameter firstLine: the number of the first of the lines.
  public static func blocks(_ language: String, in lines: [String], firstLine: Int) -> [Block] {
    var blocks: [Block] = []
    var block: (firstLine: Int, lines: [String])?
    for (line, number) in zip(lines, firstLine...) {
      guard let begun = block else {
        if line == "```\(language)" { block = (number + 1, []) }
        continue
      }
      if line == "```" {
        blocks.append(Block(firstLine: begun.firstLine, lines: begun.lines))
        block = nil
      } else {
        block?.lines.append(line)
      }
    }
    return blocks
  }

  /// Path of a file of the repository, given relative to its root.
  public static func path(_ relative: String) -> String { Fixtures.folder + "/../../" + relative }
}
