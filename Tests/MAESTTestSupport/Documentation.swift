import Foundation

/// A text for users in the repository, and the code in it.
public enum Documentation: String, CaseIterable, Sendable {
  case readme = "README.md"
  case overview = "Sources/MAEST/MAEST.docc/MAEST.md"
  case shapes = "Sources/MAEST/MAEST.docc/Shapes.md"
  case layersAndTaps = "Sources/MAEST/MAEST.docc/LayersAndTaps.md"
  case embeddings = "Sources/MAEST/MAEST.docc/Embeddings.md"
  case pictures = "Sources/MAEST/MAEST.docc/Pictures.md"
  case wholeLibraries = "Sources/MAEST/MAEST.docc/WholeLibraries.md"
  case comingFromEssentia = "Sources/MAESTEssentia/MAESTEssentia.docc/ComingFromEssentia.md"

  public func text() throws -> String {
    try String(contentsOfFile: Self.path(rawValue), encoding: .utf8)
  }

  /// The blocks of code in one language, without their fences.
  public func code(_ language: String) throws -> [String] {
    var blocks: [String] = []
    var block: [Substring]?
    for line in try text().split(separator: "\n", omittingEmptySubsequences: false) {
      if block == nil {
        if line == "```\(language)" { block = [] }
      } else if line == "```" {
        blocks.append(block?.joined(separator: "\n") ?? "")
        block = nil
      } else {
        block?.append(line)
      }
    }
    return blocks
  }

  /// Path of a file of the repository, given relative to its root.
  public static func path(_ relative: String) -> String { Fixtures.folder + "/../../" + relative }
}
