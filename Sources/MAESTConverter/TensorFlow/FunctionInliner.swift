/// Replaces every call in a `GraphDef` by the body of the function it calls.
///
/// A scope is the top level or one call of a function. References are resolved from scope to scope: an
/// argument leads to the caller's input, a call's output to what the body returns there. Both branches of an
/// `If` are inlined behind a `SelectBranch` node that chooses once its condition is known.
struct FunctionInliner {
  private static let nodeLimit = 1_000_000
  private static let depthLimit = 64

  private let definition: TensorFlowGraphDef
  private let functions: [String: TensorFlowFunctionDef]
  private var scopes: [Scope] = []
  private var nodes: [Node] = []
  /// Inputs of `nodes` as they stand in the file, in the same order.
  private var references: [[Reference]] = []

  /// A name in a scope.
  private struct Reference {
    var scope: Int
    var name: String
  }

  private struct Scope {
    var path: String
    var entries: [String: Entry] = [:]
    /// Function arguments by name: the caller's input.
    var arguments: [String: Reference] = [:]
    /// What the function returns: "node:output:index" by output name, in the order of its signature.
    var results: [(name: String, reference: String)] = []
    var isFunction: Bool
  }

  private enum Entry {
    case node(Int)
    case call(scope: Int)
    case branch(firstNode: Int)
  }

  init(_ definition: TensorFlowGraphDef) {
    self.definition = definition
    functions = Dictionary(
      definition.library.function.map { ($0.signature.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The graph with all calls inlined, in topological order.
  func inlined() throws(ConversionError) -> Graph {
    var copy = self
    try copy.addTopLevel()
    return try copy.linked()
  }
}

// MARK: - Instantiation

extension FunctionInliner {
  private mutating func addTopLevel() throws(ConversionError) {
    scopes.append(Scope(path: "", isFunction: false))
    try addNodes(definition.node, scope: 0, callers: [])
  }

  private mutating func addNodes(
    _ definitions: [TensorFlowNodeDef], scope: Int, callers: [String]
  ) throws(ConversionError) {
    for definition in definitions {
      let inputs = definition.input.filter { !$0.hasPrefix("^") }
        .map { Reference(scope: scope, name: $0) }
      scopes[scope].entries[definition.name] = try entry(
        for: definition, inputs: inputs, scope: scope, callers: callers)
    }
  }

  private mutating func entry(
    for definition: TensorFlowNodeDef, inputs: [Reference], scope: Int, callers: [String]
  ) throws(ConversionError) -> Entry {
    switch definition.op {
    case "PartitionedCall", "StatefulPartitionedCall":
      return .call(
        scope: try call(definition.attr["f"]?.func.name ?? "", definition, inputs, scope, callers))
    case "If", "StatelessIf":
      return try branch(definition, inputs: inputs, scope: scope, callers: callers)
    case let operation where functions[operation] != nil:
      return .call(scope: try call(operation, definition, inputs, scope, callers))
    default:
      return .node(try addNode(definition, inputs: inputs, scope: scope))
    }
  }

  private mutating func addNode(
    _ definition: TensorFlowNodeDef, inputs: [Reference], scope: Int
  ) throws(ConversionError) -> Int {
    let name = scopes[scope].path + definition.name
    var attributes: [String: Attribute] = [:]
    for (key, value) in definition.attr { attributes[key] = try Attribute(value, node: name) }
    return try append(
      Node(name: name, operation: definition.op, inputs: [], attributes: attributes), inputs: inputs)
  }

  private mutating func append(_ node: Node, inputs: [Reference]) throws(ConversionError) -> Int {
    guard nodes.count < Self.nodeLimit else { throw .tooLarge(nodeLimit: Self.nodeLimit) }
    nodes.append(node)
    references.append(inputs)
    return nodes.count - 1
  }

  /// Instantiates the body of `function` for one call; returns its scope.
  private mutating func call(
    _ function: String, _ definition: TensorFlowNodeDef, _ inputs: [Reference], _ scope: Int,
    _ callers: [String]
  ) throws(ConversionError) -> Int {
    guard let body = functions[function] else {
      throw .danglingReference(node: scopes[scope].path + definition.name, reference: function)
    }
    guard !callers.contains(function), callers.count < Self.depthLimit, scopes.count < Self.nodeLimit else {
      throw .recursiveCall(function: function)
    }
    var inner = Scope(path: scopes[scope].path + definition.name + "/", isFunction: true)
    for (argument, input) in zip(body.signature.inputArg, inputs) { inner.arguments[argument.name] = input }
    for output in body.signature.outputArg {
      guard let reference = body.ret[output.name] else {
        throw .danglingReference(node: inner.path + output.name, reference: "its return value")
      }
      inner.results.append((output.name, reference))
    }
    let index = scopes.count
    scopes.append(inner)
    try addNodes(body.nodeDef, scope: index, callers: callers + [function])
    return index
  }

  /// Instantiates both branches of an `If`, and one `SelectBranch` node for each output.
  private mutating func branch(
    _ definition: TensorFlowNodeDef, inputs: [Reference], scope: Int, callers: [String]
  ) throws(ConversionError) -> Entry {
    guard let condition = inputs.first else {
      throw .danglingReference(node: scopes[scope].path + definition.name, reference: "its condition")
    }
    let arguments = Array(inputs.dropFirst())
    func name(_ attribute: String) -> String { definition.attr[attribute]?.func.name ?? "" }
    let taken = try call(name("then_branch"), definition, arguments, scope, callers)
    let other = try call(name("else_branch"), definition, arguments, scope, callers)
    let first = nodes.count
    for (then, otherwise) in zip(scopes[taken].results, scopes[other].results) {
      _ = try append(
        Node(
          name: scopes[scope].path + definition.name, operation: "SelectBranch", inputs: [], attributes: [:]),
        inputs: [
          condition, Reference(scope: taken, name: then.reference),
          Reference(scope: other, name: otherwise.reference),
        ])
    }
    return .branch(firstNode: first)
  }
}

// MARK: - Linking

extension FunctionInliner {
  private mutating func linked() throws(ConversionError) -> Graph {
    for index in nodes.indices {
      var inputs: [Value] = []
      for reference in references[index] {
        inputs.append(try resolve(reference, for: nodes[index].name))
      }
      nodes[index].inputs = inputs
    }
    var addressable: [String: Value] = [:]
    for (name, entry) in scopes[0].entries {
      switch entry {
      case .node: addressable[name] = try resolve(Reference(scope: 0, name: name), for: name)
      case .call(let scope):
        for index in scopes[scope].results.indices {
          let reference = index == 0 ? name : "\(name):\(index)"
          addressable["\(name):\(index)"] = try resolve(Reference(scope: 0, name: reference), for: name)
        }
      case .branch: continue
      }
    }
    let summary =
      "\(definition.node.count) nodes, \(functions.count) functions; \(nodes.count) nodes without calls"
    return try TopologicalOrder.sorted(Graph(nodes: nodes, addressable: addressable, summary: summary))
  }

  /// Follows a reference through arguments and calls to the node output that it stands for.
  private func resolve(_ start: Reference, for node: String) throws(ConversionError) -> Value {
    var reference = start
    // Each step goes to another scope; more steps than that is a call whose output is its own input.
    for _ in 0..<(2 * scopes.count + 2) {
      let scope = scopes[reference.scope]
      let parts = OutputName(reference.name, inFunction: scope.isFunction)
      if let argument = scope.arguments[parts.node], scope.entries[parts.node] == nil {
        reference = argument
        continue
      }
      switch scope.entries[parts.node] {
      case .node(let index):
        return Value(node: index, output: parts.index(operation: nodes[index].operation))
      case .branch(let firstNode):
        return Value(node: firstNode + parts.index(operation: "If"), output: 0)
      case .call(let inner):
        let results = scopes[inner].results
        let position =
          parts.output.flatMap { name in results.firstIndex { $0.name == name } } ?? parts.position
        guard results.indices.contains(position) else {
          throw .danglingReference(node: node, reference: reference.name)
        }
        reference = Reference(scope: inner, name: results[position].reference)
      case nil:
        throw .danglingReference(node: node, reference: reference.name)
      }
    }
    throw .cyclic(node: node)
  }
}

/// The parts of "node", "node:index" (top level) or "node:output:index" (function bodies).
private struct OutputName {
  let node: String
  let output: String?
  let position: Int

  init(_ reference: String, inFunction: Bool) {
    let parts = reference.split(separator: ":", omittingEmptySubsequences: false)
    node = String(parts.first ?? "")
    output = parts.count == 3 ? String(parts[1]) : nil
    position = parts.count > 1 ? Int(parts[parts.count - 1]) ?? 0 : 0
  }

  /// Names of the outputs of operations that have more than one, in order.
  private static let outputNames: [String: [String]] = [
    "Switch": ["output_false", "output_true"],
    "Merge": ["output", "value_index"],
  ]

  func index(operation: String) -> Int {
    guard let output, let names = Self.outputNames[operation], let first = names.firstIndex(of: output)
    else { return max(position, 0) }
    return first + max(position, 0)
  }
}
