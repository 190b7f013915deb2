import MAESTConverter

/// The nodes and outputs of a graph; checks names that a user gives.
struct GraphNodes {
  /// Path of the graph, to list its nodes in error messages.
  let path: String
  private let names: Set<String>
  private let outputCounts: [String: Int]
  private let readable: [String]

  /// - Parameters:
  ///   - names: names of all values, `node` or `node:output`.
  ///   - readable: readable names for some of them.
  init(path: String, names: some Sequence<String>, readable: [String] = []) {
    self.path = path
    self.readable = readable
    self.names = Set(names)
    var counts: [String: Int] = [:]
    for (node, output) in self.names.compactMap(NodeName.parts) {
      // A node name may end in any number.
      guard (0..<Int.max).contains(output) else { continue }
      counts[node] = max(counts[node] ?? 0, output + 1)
    }
    outputCounts = counts
  }

  /// Resolves a name to one of the graph's names; `node` means `node:0`.
  ///
  /// - Throws: ``EssentiaError`` for a malformed or unknown name.
  func resolve(_ name: String, _ check: ParameterCheck) throws(EssentiaError) -> String {
    guard let (node, output) = NodeName.parts(name) else { throw check.failure(.malformedNodeName(name)) }
    let candidates = output == 0 ? [name, node, "\(node):0"] : [name]
    if let known = candidates.first(where: names.contains) { return known }
    guard let count = outputCounts[node], output > 0 else { throw unknown(name, check) }
    throw check.failure(.outputIndexOutOfRange(node: node, index: output, count: count))
  }

  func unknown(_ name: String, _ check: ParameterCheck) -> EssentiaError {
    // Essentia lists all nodes; a weight file has only the nodes of its outputs.
    let listed = check.isStrict ? try? SourceReader.nodeNames(at: path) : nil
    return check.failure(.unknownNode(name: name, available: listed ?? readable + outputCounts.keys.sorted()))
  }
}
