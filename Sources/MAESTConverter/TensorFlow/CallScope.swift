/// The top level of a graph, or one call of a function.
struct CallScope {
  private static let pathLimit = 512

  /// Names of the enclosing calls, each followed by a slash; empty at the top level.
  let path: String
  var entries: [String: Entry] = [:]
  /// Function arguments by name, with the caller's inputs.
  var arguments: [String: Reference] = [:]
  /// The function's results: "node:output:index" by output name, in the order of its signature.
  private(set) var results: [(name: String, reference: String)] = []
  private(set) var resultPositions: [String: Int] = [:]

  mutating func addResult(_ name: String, _ reference: String) {
    if resultPositions[name] == nil { resultPositions[name] = results.count }
    results.append((name, reference))
  }

  /// The meaning of a name in the scope.
  enum Entry {
    case node(Int)
    /// A call; its outputs are addressed only by the function's output names or by their positions.
    case call(scope: Int, outputsHaveNames: Bool)
    /// One node for each output.
    case branch(firstNode: Int, count: Int)
  }

  /// Returns `node` prefixed with the names of the enclosing calls, for messages. Long names inside calls are
  /// shortened, so that many calls of functions with long names take little memory.
  func name(of node: String) -> String {
    path.isEmpty ? node : Self.shortened(path) + Self.shortened(node)
  }

  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > pathLimit else { return name }
    return "…" + String(String.UnicodeScalarView(name.unicodeScalars.suffix(pathLimit / 4)))
  }
}

/// A name in a scope: "node", "node:index" or, in function bodies, "node:output:index".
struct Reference: Hashable {
  var scope: Int
  var name: String
}
