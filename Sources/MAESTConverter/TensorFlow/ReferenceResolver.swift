/// Follows references through arguments and calls to the node outputs that they denote.
struct ReferenceResolver {
  private let scopes: [CallScope]
  private let nodes: [Node]
  private var resolved: [Reference: Value] = [:]

  init(scopes: [CallScope], nodes: [Node]) {
    self.scopes = scopes
    self.nodes = nodes
  }

  /// Returns the nodes with their `references`, one list per node, resolved to inputs.
  mutating func linkedNodes(_ references: [[Reference]]) throws(ConversionError) -> [Node] {
    var linked = nodes
    for (index, references) in references.enumerated() {
      for reference in references {
        linked[index].inputs.append(try resolve(reference, for: nodes[index].name))
      }
    }
    return linked
  }

  /// Returns the values that a user of the file can request: nodes of the top level, and outputs of its calls as
  /// "name:index".
  mutating func addressable() throws(ConversionError) -> [String: Value] {
    var addressable: [String: Value] = [:]
    for (name, entry) in scopes[0].entries {
      switch entry {
      case .node: addressable[name] = try resolve(Reference(scope: 0, name: name), for: name)
      case .call(let inner, _):
        for (index, result) in scopes[inner].results.enumerated() {
          let reference = Reference(scope: inner, name: result.reference)
          addressable["\(name):\(index)"] = try resolve(reference, for: name)
        }
      case .branch: continue
      }
    }
    return addressable
  }

  private mutating func resolve(_ start: Reference, for node: String) throws(ConversionError) -> Value {
    var trail: Set<Reference> = []
    var reference = start
    while true {
      if let value = resolved[reference] {
        for passed in trail { resolved[passed] = value }
        return value
      }
      guard trail.insert(reference).inserted else { throw .cyclic(node: node) }
      switch step(from: reference) {
      case .value(let value): resolved[reference] = value
      case .reference(let next): reference = next
      case nil: throw .danglingReference(node: node, reference: reference.name)
      }
    }
  }

  private enum Step {
    case value(Value)
    case reference(Reference)
  }

  /// Returns the target of `reference`; nil if it does not exist.
  private func step(from reference: Reference) -> Step? {
    guard let name = OutputName(reference.name) else { return nil }
    let scope = scopes[reference.scope]
    switch scope.entries[name.node] {
    case .node(let index): return name.index(in: nodes[index]).map { .value(Value(node: index, output: $0)) }
    case .branch(let firstNode, let count):
      return name.position < count ? .value(Value(node: firstNode + name.position)) : nil
    case .call(let inner, let outputsHaveNames):
      let results = scopes[inner].results
      var position = name.position
      if outputsHaveNames, let output = name.output {
        guard position == 0, let named = scopes[inner].resultPositions[output] else { return nil }
        position = named
      }
      guard position < results.count else { return nil }
      return .reference(Reference(scope: inner, name: results[position].reference))
    case nil:
      return name.position == 0 ? scope.arguments[name.node].map { .reference($0) } : nil
    }
  }
}

/// The parts of "node", "node:index" or "node:output:index".
private struct OutputName {
  let node: String
  let output: String?
  let position: Int

  /// Nil if the name has another form.
  init?(_ reference: String) {
    let parts = reference.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count <= 3 else { return nil }
    node = String(parts[0])
    output = parts.count == 3 ? String(parts[1]) : nil
    guard parts.count > 1 else {
      position = 0
      return
    }
    guard let number = Int(parts[parts.count - 1]), number >= 0 else { return nil }
    position = number
  }

  /// Returns the index of the denoted output of `node`; nil if there is no such output.
  func index(in node: Node) -> Int? {
    let first = output.flatMap { OperationOutputs.names[node.operation]?.firstIndex(of: $0) } ?? 0
    let (index, overflow) = first.addingReportingOverflow(position)
    guard !overflow, index < OperationOutputs.count(of: node) ?? .max else { return nil }
    return index
  }
}
