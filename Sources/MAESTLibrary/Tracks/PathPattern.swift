import Foundation
import MAESTFiles
import MAESTWeights

/// A glob pattern, as in shells: `*`, `?` and `[a-z]` within a name, `**` for any number of folders.
package struct PathPattern {
  private let text: String

  init(_ text: String) { self.text = text }

  /// Whether the text contains pattern characters.
  package static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

  /// The files and folders that match, sorted by bytes. Hidden ones are omitted.
  ///
  /// - Throws: ``TrackSearchError`` for an unreadable folder, or if nothing matches.
  func matches() throws(TrackSearchError) -> [String] {
    let components = PathText.components(text)
    let start = text.hasPrefix("/") ? "/" : "."
    let found = try matches(of: components[...], in: start)
    guard !found.isEmpty else { throw .nothingMatches(pattern: text) }
    return found
  }

  private func matches(of components: ArraySlice<String>, in folder: String) throws(TrackSearchError)
    -> [String]
  {
    guard let first = components.first else { return [folder] }
    let rest = components.dropFirst()
    guard Self.isPattern(first) else {
      let path = PathText.join(folder, first)
      return rest.isEmpty && !PathCalls.exists(path) ? [] : try matches(of: rest, in: path)
    }
    guard Folders.isFolder(folder) else { return [] }
    let listing = try FolderListing(folder)
    var found: [String] = []
    if first == "**" {
      if !rest.isEmpty { found += try matches(of: rest, in: folder) }
      for name in listing.folders { found += try matches(of: components, in: PathText.join(folder, name)) }
      if rest.isEmpty { found += listing.files.map { PathText.join(folder, $0) } }
      return found
    }
    let names = rest.isEmpty ? listing.files + listing.folders : listing.folders
    for name in names.sorted(by: { TrackKey($0) < TrackKey($1) }) where Self.matches(name, first) {
      found += try matches(of: rest, in: PathText.join(folder, name))
    }
    return found
  }

  private static func matches(_ name: String, _ pattern: String) -> Bool {
    PathBytes.withPath(pattern) { pattern in PathBytes.withPath(name) { fnmatch(pattern, $0, 0) == 0 } }
  }
}
