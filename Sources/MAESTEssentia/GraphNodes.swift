import MAESTConverter

/// The nodes of a graph and their outputs, to check the names that a user gives.
struct GraphNodes {
  /// Where the graph is, for its list of nodes in messages.
  let path: String
  private let names: Set<String>
  private let outputCounts: [String: Int]
  private let readable: [String]

  /// - Parameters:
  ///   - names: all names of values, `node` or `node:output`.
  ///   - readable: names that stand for some of them.
  init(path: String, names: some Sequence<String>, readable: [String] = []) {
    self.path = path
    self.readable = readable
    self.names = Set(names)
    var counts: [String: Int] = [:]
    for (node, output) in self.names.compactMap(NodeName.parts) {
      // A name of the graph may end in any number.
      guard (0..<Int.max).contains(output) else { continue }
      counts[node] = max(counts[node] ?? 0, output + 1)
    }
    outputCounts = counts
  }

  /// The name among those of the graph that `name` stands for; `node` is `node:0`.
  ///
  /// - Throws: ``EssentiaError`` for a name that is not well formed, or that the graph does not have.
  func resolve(_ name: String, _ check: ParameterCheck) throws(EssentiaError) -> String {
    guard let (node, output) = NodeName.parts(name) else { throw check.failure(.malformedNodeName(name)) }
    let candidates = output == 0 ? [name, node, "\(node):0"] : [name]
    if let known = candidates.first(where: names.contains) { return known }
    guard let count = outputCounts[node], output > 0 else { throw unknown(name, check) }
    throw check.failure(.outputIndexOutOfRange(node: node, index: output, count: count))
  }

  func unknown(_ name: String, _ check: ParameterCheck) -> EssentiaError {
    // Essentia lists every node; a weight file has none but those of its outputs.
    let listed = check.isStrict ? try? SourceReader.nodeNames(at: path) : nil
    return check.failure(.unknownNode(name: name, available: listed ?? readable + outputCounts.keys.sorted()))
  }
}
