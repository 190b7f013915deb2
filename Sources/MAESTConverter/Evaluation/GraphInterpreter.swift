package import MAESTKernels

/// Runs a graph on given inputs, one operation after the other, as TensorFlow does.
///
/// Only the operations that the outputs depend on are computed. Of an `If`, only the selected branch is computed. Every
/// value is released after its last use. The interpreter shares the table of ``Operations`` with constant folding. It
/// shares no code with the recognition of the model or with the network that it is compared with.
package struct GraphInterpreter: Sendable {
  package let graph: Graph
  private let context: EvaluationContext

  package init(_ graph: Graph, compute: Compute) {
    self.init(graph, context: .interpreting(compute))
  }

  package init(_ graph: Graph, context: EvaluationContext) {
    self.graph = graph
    self.context = context
  }

  /// Progress of a run: `finished` of at most `total` nodes.
  package typealias Progress = (_ finished: Int, _ total: Int) -> Void

  /// Computes the values of `outputs` for `inputs`, the placeholders' values by name.
  ///
  /// - Throws: ``ConversionError/badOperation(node:operation:reason:)`` if an operation is not supported or does not
  ///   match its inputs, if a placeholder has no value or one of another shape, or if an output is on a branch that is
  ///   not taken; ``ConversionError/danglingReference(node:reference:)`` for inputs that the graph does not have;
  ///   ``ConversionError/cyclic(node:)`` if the graph is not in topological order.
  package func run(
    inputs: [String: ConstantTensor], outputs: [Value], progress: Progress? = nil
  ) throws(ConversionError) -> [ConstantTensor] {
    let placeholders = Set(graph.nodes.filter { $0.isPlaceholder }.map(\.name))
    for name in inputs.keys.sorted() where !placeholders.contains(name) {
      throw .danglingReference(node: "inputs", reference: name)
    }
    var run = try GraphRun(graph, inputs: inputs, outputs: outputs, context: context)
    return try run.results(progress)
  }

  /// Computes outputs given by their addressable names in the graph.
  package func run(
    inputs: [String: ConstantTensor], outputs: [String], progress: Progress? = nil
  ) throws(ConversionError) -> [ConstantTensor] {
    var values: [Value] = []
    for name in outputs {
      guard let value = graph.addressable[name] else {
        throw .danglingReference(node: "outputs", reference: name)
      }
      values.append(value)
    }
    return try run(inputs: inputs, outputs: values, progress: progress)
  }
}

extension Node {
  fileprivate var isPlaceholder: Bool { ["Placeholder", "PlaceholderWithDefault"].contains(operation) }
}

/// The state of one run.
///
/// Nodes are processed from a stack: a node with missing inputs pushes them on top of itself.
private struct GraphRun {
  /// The state of one output of a node.
  private enum Slot {
    case alive(ConstantTensor)
    /// On the branch of a `Switch` that is not taken.
    case dead
    /// Released after its last use.
    case used
  }

  private let graph: Graph
  private let inputs: [String: ConstantTensor]
  private let outputs: [Value]
  private let context: EvaluationContext
  /// Outputs of finished nodes; nil for nodes that are not finished.
  private var slots: [[Slot]?]
  /// Remaining uses of each node and of each value.
  private var nodeUses: [Int]
  private var valueUses: [Value: Int] = [:]
  private var nodeCount = 0

  init(
    _ graph: Graph, inputs: [String: ConstantTensor], outputs: [Value], context: EvaluationContext
  ) throws(ConversionError) {
    self.graph = graph
    self.inputs = inputs
    self.outputs = outputs
    self.context = context
    slots = Array(repeating: nil, count: graph.nodes.count)
    nodeUses = Array(repeating: 0, count: graph.nodes.count)
    try countUses()
  }

  private mutating func countUses() throws(ConversionError) {
    var open: [Int] = []
    for output in outputs {
      guard graph.nodes.indices.contains(output.node) else {
        throw .danglingReference(node: "outputs", reference: "node \(output.node)")
      }
      if addUse(of: output) { open.append(output.node) }
    }
    while let index = open.popLast() {
      nodeCount += 1
      for input in graph.nodes[index].inputs {
        guard input.node >= 0, input.node < index else { throw .cyclic(node: graph.nodes[index].name) }
        if addUse(of: input) { open.append(input.node) }
      }
    }
  }

  /// Counts a use of a value; returns whether it is the first use of the node.
  private mutating func addUse(of value: Value) -> Bool {
    valueUses[value, default: 0] += 1
    nodeUses[value.node] += 1
    return nodeUses[value.node] == 1
  }

  // MARK: - Running

  mutating func results(_ progress: GraphInterpreter.Progress?) throws(ConversionError) -> [ConstantTensor] {
    var stack = Array(outputs.map(\.node).reversed())
    var finished = 0
    while let index = stack.last {
      guard slots[index] == nil else {
        stack.removeLast()
        continue
      }
      let missing = missingInputs(of: index)
      guard missing.isEmpty else {
        stack += missing.reversed()
        continue
      }
      slots[index] = try finish(index).enumerated().map { output, slot in
        if case .alive = slot, valueUses[Value(node: index, output: output)] ?? 0 == 0 { .used } else { slot }
      }
      for input in graph.nodes[index].inputs { release(input) }
      finished += 1
      progress?(finished, nodeCount)
    }
    var results: [ConstantTensor] = []
    for output in outputs {
      guard let tensor = tensor(output) else {
        throw graph[output].failure("output \(output.output) is not there, or on a branch that is not taken")
      }
      results.append(tensor)
    }
    return results
  }

  /// Returns the inputs that must be computed before this node.
  private func missingInputs(of index: Int) -> [Int] {
    let node = graph.nodes[index]
    var wanted = node.inputs
    if node.operation == "SelectBranch", let condition = node.inputs.first {
      wanted = slots[condition.node] == nil ? [condition] : branch(of: node).map { [$0] } ?? []
    }
    if node.operation == "PlaceholderWithDefault", inputs[node.name] != nil { wanted = [] }
    return wanted.map(\.node).filter { slots[$0] == nil }
  }

  /// Returns the value that a `SelectBranch` passes on, once its condition is known.
  private func branch(of node: Node) -> Value? {
    guard node.inputs.count == 3, let flags = tensor(node.inputs[0])?.booleans, flags.count == 1 else {
      return nil
    }
    return flags[0] ? node.inputs[1] : node.inputs[2]
  }

  private func tensor(_ value: Value) -> ConstantTensor? {
    guard let slot = slot(value), case .alive(let tensor) = slot else { return nil }
    return tensor
  }

  private func slot(_ value: Value) -> Slot? {
    guard let slots = slots[value.node] else { return nil }
    // All outputs of a dead node are dead, whatever their number.
    if slots.count == 1, case .dead = slots[0] { return .dead }
    return slots.indices.contains(value.output) ? slots[value.output] : nil
  }

  private func isDead(_ value: Value) -> Bool { if case .dead? = slot(value) { true } else { false } }

  // MARK: - One node

  private func finish(_ index: Int) throws(ConversionError) -> [Slot] {
    let node = graph.nodes[index]
    switch node.operation {
    case "SelectBranch": return try selected(node)
    case "Merge": return try merged(node)
    case _ where node.inputs.contains(where: isDead): return [.dead]
    case "Placeholder": return [.alive(try placeholder(node))]
    case "PlaceholderWithDefault" where inputs[node.name] != nil: return [.alive(try placeholder(node))]
    case "PlaceholderWithDefault":
      guard let value = try operands(node).first else { throw node.failure("it has no default value") }
      return [.alive(value)]
    case "Switch": return try switched(node)
    default: return try Operations.evaluate(node, operands(node), in: context).map { .alive($0) }
    }
  }

  private func operands(_ node: Node) throws(ConversionError) -> [ConstantTensor] {
    var tensors: [ConstantTensor] = []
    for input in node.inputs {
      guard let tensor = tensor(input) else {
        throw node.failure("output \(input.output) of node '\(graph[input].name)' is not there")
      }
      tensors.append(tensor)
    }
    return tensors
  }

  private func selected(_ node: Node) throws(ConversionError) -> [Slot] {
    if let condition = node.inputs.first, isDead(condition) { return [.dead] }
    guard let branch = branch(of: node) else {
      throw node.failure("expected one truth value and two branches")
    }
    if isDead(branch) { return [.dead] }
    guard let tensor = tensor(branch) else { throw node.failure("its branch has no value") }
    return [.alive(tensor)]
  }

  private func switched(_ node: Node) throws(ConversionError) -> [Slot] {
    let operands = try operands(node)
    guard operands.count == 2, let flags = operands[1].booleans, flags.count == 1 else {
      throw node.failure("expected a value and one truth value")
    }
    return flags[0] ? [.dead, .alive(operands[0])] : [.alive(operands[0]), .dead]
  }

  private func merged(_ node: Node) throws(ConversionError) -> [Slot] {
    let alive = node.inputs.indices.filter { !isDead(node.inputs[$0]) }
    guard alive.count <= 1 else {
      throw node.failure("\(alive.count) of its inputs have values, expected one")
    }
    guard let index = alive.first else { return [.dead] }
    guard let tensor = tensor(node.inputs[index]) else { throw node.failure("input \(index) is not there") }
    return [.alive(tensor), .alive(ConstantTensor(integers: [index], shape: [], type: .int32))]
  }

  private func placeholder(_ node: Node) throws(ConversionError) -> ConstantTensor {
    guard let tensor = inputs[node.name] else { throw node.failure("the run has no value for this input") }
    if let type = node.attributes["dtype"]?.type, type != tensor.type {
      throw node.failure("a value of type \(tensor.type.rawValue), expected \(type.rawValue)")
    }
    guard case .shape(let shape?) = node.attributes["shape"] else { return tensor }
    guard shape.count == tensor.shape.count, zip(shape, tensor.shape).allSatisfy({ $0 == nil || $0 == $1 })
    else {
      let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw node.failure("a value of shape \(tensor.shape), expected [\(expected)]")
    }
    return tensor
  }

  // MARK: - Releasing values

  /// Records one use of a value. After the last use its elements are released, or the value is not computed at all.
  private mutating func release(_ value: Value) {
    var open = [value]
    while let value = open.popLast() {
      nodeUses[value.node] -= 1
      let uses = valueUses[value, default: 1] - 1
      valueUses[value] = uses
      if slots[value.node] != nil {
        if uses == 0 { drop(value) }
      } else if nodeUses[value.node] == 0 {
        // It was used only by a branch that is not taken.
        slots[value.node] = []
        open += graph.nodes[value.node].inputs
      }
    }
  }

  private mutating func drop(_ value: Value) {
    guard let count = slots[value.node]?.count, value.output < count else { return }
    if case .alive? = slots[value.node]?[value.output] { slots[value.node]?[value.output] = .used }
  }
}
