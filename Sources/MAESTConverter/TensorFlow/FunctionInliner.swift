/// Replaces every call in a `GraphDef` by the body of the called function.
///
/// A scope is the top level or one call of a function. References are resolved from scope to scope: an argument leads
/// to the caller's input, a call's output to the result of the body. Both branches of an `If` are inlined before a
/// `SelectBranch` node, which chooses between them once its condition is known.
struct FunctionInliner {
  /// Maximum number of nodes, calls and connections; official graphs have some 5,000.
  static let sizeLimit = 1 << 16
  /// Number of name bytes that count as much as one connection.
  private static let nameWeight = 64
  private static let depthLimit = 64

  private let definition: TensorFlowGraphDef
  private let functions: [String: TensorFlowFunctionDef]
  private var size = 0
  private var scopes: [CallScope] = []
  private var nodes: [Node] = []
  /// Inputs of `nodes` as written in the file, in the same order.
  private var references: [[Reference]] = []
  /// Attributes of a body's nodes by function name: they are read once, however often the function is called.
  private var attributes: [String: [[String: Attribute]]] = [:]
  /// Remaining number of elements that the graph's constants may omit.
  private var fillBudget = ConstantTensor.fillLimit

  init(_ definition: TensorFlowGraphDef) {
    self.definition = definition
    functions = Dictionary(
      definition.library.function.map { ($0.signature.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the graph with all calls inlined, in topological order.
  func inlined() throws(ConversionError) -> Graph {
    var copy = self
    try copy.addTopLevel()
    var resolver = ReferenceResolver(scopes: copy.scopes, nodes: copy.nodes)
    let graph = Graph(
      nodes: try resolver.linkedNodes(copy.references), addressable: try resolver.addressable(),
      summary: "\(definition.node.count) nodes, \(functions.count) functions; "
        + "\(copy.nodes.count) nodes without calls")
    return try TopologicalOrder.sorted(graph)
  }
}

// MARK: - Instantiation

extension FunctionInliner {
  private mutating func addTopLevel() throws(ConversionError) {
    var names: Set<String> = []
    for function in definition.library.function where !names.insert(function.signature.name).inserted {
      throw .duplicateName(function.signature.name)
    }
    scopes.append(CallScope(path: ""))
    try addNodes(definition.node, of: "", scope: 0, callers: [])
  }

  /// Adds the body of `function` (the top level is "") to `scope`.
  private mutating func addNodes(
    _ definitions: [TensorFlowNodeDef], of function: String, scope: Int, callers: [String]
  ) throws(ConversionError) {
    guard definitions.count <= Self.sizeLimit - size else { throw .tooLarge(limit: Self.sizeLimit) }
    let attributes = try attributes(of: function, definitions)
    scopes[scope].entries.reserveCapacity(definitions.count)
    for (definition, attributes) in zip(definitions, attributes) {
      let inputs = definition.input.filter { !$0.hasPrefix("^") }
        .map { Reference(scope: scope, name: $0) }
      let entry = try entry(
        for: definition, attributes, inputs: inputs, scope: scope, callers: callers)
      guard scopes[scope].entries.updateValue(entry, forKey: definition.name) == nil else {
        throw .duplicateName(scopes[scope].name(of: definition.name))
      }
    }
  }

  private mutating func attributes(
    of function: String, _ definitions: [TensorFlowNodeDef]
  ) throws(ConversionError) -> [[String: Attribute]] {
    if let known = attributes[function] { return known }
    var list: [[String: Attribute]] = []
    for definition in definitions {
      var attributes: [String: Attribute] = [:]
      for (key, value) in definition.attr {
        attributes[key] = try Attribute(value, node: definition.name, fillBudget: &fillBudget)
      }
      list.append(attributes)
    }
    attributes[function] = list
    return list
  }

  private mutating func entry(
    for definition: TensorFlowNodeDef, _ attributes: [String: Attribute], inputs: [Reference], scope: Int,
    callers: [String]
  ) throws(ConversionError) -> CallScope.Entry {
    switch definition.op {
    case "PartitionedCall", "StatefulPartitionedCall":
      let function = definition.attr["f"]?.functionName ?? ""
      return .call(scope: try call(function, definition, inputs, scope, callers), outputsHaveNames: false)
    case "If", "StatelessIf":
      return try branch(definition, inputs: inputs, scope: scope, callers: callers)
    case let operation where functions[operation] != nil:
      return .call(scope: try call(operation, definition, inputs, scope, callers), outputsHaveNames: true)
    default:
      let name = scopes[scope].name(of: definition.name)
      return .node(
        try append(
          Node(name: name, operation: definition.op, inputs: [], attributes: attributes), inputs: inputs,
          scope: scope))
    }
  }

  private mutating func append(_ node: Node, inputs: [Reference], scope: Int) throws(ConversionError) -> Int {
    try grow(by: 1 + inputs.count + weight(of: node.name, scope))
    nodes.append(node)
    references.append(inputs)
    return nodes.count - 1
  }

  /// Returns the cost of a name that is created for a call; names at the top level are in the file already.
  private func weight(of name: String, _ scope: Int) -> Int {
    scopes[scope].path.isEmpty ? 0 : name.utf8.count / Self.nameWeight
  }

  private mutating func grow(by count: Int) throws(ConversionError) {
    size += count
    guard size <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
  }

  /// Instantiates the body of `function` for one call; returns its scope.
  private mutating func call(
    _ function: String, _ definition: TensorFlowNodeDef, _ inputs: [Reference], _ scope: Int,
    _ callers: [String]
  ) throws(ConversionError) -> Int {
    let caller = scopes[scope].name(of: definition.name)
    guard let body = functions[function] else {
      throw .danglingReference(node: caller, reference: function)
    }
    guard !callers.contains(function), callers.count < Self.depthLimit else {
      throw .recursiveCall(function: function)
    }
    let signature = body.signature
    guard signature.inputArg.count == inputs.count else {
      throw .badOperation(
        node: caller, operation: definition.op,
        reason: "\(inputs.count) inputs for the \(signature.inputArg.count) arguments of '\(function)'")
    }
    try grow(by: 1 + inputs.count + signature.outputArg.count + weight(of: caller, scope))
    var inner = CallScope(path: caller + "/")
    for (argument, input) in zip(signature.inputArg, inputs) { inner.arguments[argument.name] = input }
    for output in signature.outputArg {
      guard let reference = body.ret[output.name] else {
        throw .danglingReference(node: inner.name(of: output.name), reference: "its return value")
      }
      inner.addResult(output.name, reference)
    }
    let index = scopes.count
    scopes.append(inner)
    try addNodes(body.nodeDef, of: function, scope: index, callers: callers + [function])
    return index
  }

  /// Instantiates both branches of an `If`, and one `SelectBranch` node for each output.
  private mutating func branch(
    _ definition: TensorFlowNodeDef, inputs: [Reference], scope: Int, callers: [String]
  ) throws(ConversionError) -> CallScope.Entry {
    let name = scopes[scope].name(of: definition.name)
    guard let condition = inputs.first else {
      throw .danglingReference(node: name, reference: "its condition")
    }
    let arguments = Array(inputs.dropFirst())
    func function(_ attribute: String) -> String { definition.attr[attribute]?.functionName ?? "" }
    let taken = try call(function("then_branch"), definition, arguments, scope, callers)
    let other = try call(function("else_branch"), definition, arguments, scope, callers)
    let first = nodes.count
    for (then, otherwise) in zip(scopes[taken].results, scopes[other].results) {
      _ = try append(
        Node(name: name, operation: "SelectBranch", inputs: [], attributes: [:]),
        inputs: [
          condition, Reference(scope: taken, name: then.reference),
          Reference(scope: other, name: otherwise.reference),
        ], scope: scope)
    }
    return .branch(firstNode: first, count: nodes.count - first)
  }
}
