package import MAESTKernels
package import MAESTTensor

/// A graph that is run operation by operation, whatever it computes.
///
/// Immutable: any number of threads may run it at once.
package struct GraphProgram: Sendable {
  /// An input of the graph.
  package struct Input: Sendable, Equatable {
    package var name: String
    /// A nil shape means unknown rank; a nil size means any size.
    package var shape: [Int?]?
    package var type: ElementType
  }

  /// Path of the file or folder that the graph was read from.
  package let path: String
  /// The placeholders that need a value, in the graph's order.
  package let inputs: [Input]
  let graph: Graph
  private let interpreter: GraphInterpreter

  /// Reads a frozen TensorFlow graph, a SavedModel folder or an ONNX file.
  ///
  /// - Throws: ``ConversionError`` if the file cannot be read or holds no graph.
  package init(path: String, compute: Compute) throws(ConversionError) {
    self.path = path
    graph = try SourceReader.graph(at: path).graph
    interpreter = GraphInterpreter(graph, compute: compute)
    inputs = graph.nodes.filter { $0.operation == "Placeholder" }.map { node in
      var shape: [Int?]?
      if case .shape(let sizes) = node.attributes["shape"] { shape = sizes }
      return Input(name: node.name, shape: shape, type: node.attributes["dtype"]?.type ?? .float32)
    }
  }

  /// The names of all values that can be requested, in alphabetical order; `name` means `name:0`.
  package var outputNames: [String] { graph.addressable.keys.sorted() }

  /// Returns whether `name` denotes a value: "node" or "node:output".
  package func has(output name: String) -> Bool { value(named: name) != nil }

  private func value(named name: String) -> Value? {
    graph.addressable[name] ?? (name.hasSuffix(":0") ? graph.addressable[String(name.dropLast(2))] : nil)
  }

  /// Runs the graph.
  ///
  /// The first axis of the tensors is the batch. If the graph takes only a batch of 1 and the batch is larger, the
  /// graph is run once per batch element, and the results are concatenated along their first axis.
  ///
  /// - Parameters:
  ///   - tensors: values of the floating-point inputs, by name.
  ///   - flags: values of the boolean inputs, by name.
  ///   - outputs: names as in `outputNames`.
  /// - Returns: the values of the outputs, in the order requested.
  /// - Throws: ``ConversionError`` if the graph does not have a name, an input has no value or one of another shape, an
  ///   output is not a floating-point tensor, or an operation cannot be computed.
  package func run(
    _ tensors: [String: Tensor], flags: [String: Bool] = [:], outputs: [String]
  ) throws(ConversionError) -> [Tensor] {
    var values: [Value] = []
    for name in outputs {
      guard let value = value(named: name) else {
        throw .danglingReference(node: "outputs", reference: name)
      }
      values.append(value)
    }
    let constants = flags.mapValues { ConstantTensor(booleans: [$0], shape: []) }
    guard let count = batchToSplit(tensors) else {
      return try run(tensors, constants, values)
    }
    var parts: [[Tensor]] = []
    for index in 0..<count {
      let slices = tensors.mapValues {
        Tensor(shape: [1] + $0.shape.dropFirst(), elements: $0[slice: index].elements)
      }
      parts.append(try run(slices, constants, values))
    }
    return try outputs.indices.map { (index) throws(ConversionError) in
      try joined(parts.map { $0[index] }, name: outputs[index])
    }
  }

  private func run(
    _ tensors: [String: Tensor], _ constants: [String: ConstantTensor], _ values: [Value]
  ) throws(ConversionError) -> [Tensor] {
    let inputs = tensors.mapValues { ConstantTensor(floats: $0.elements, shape: $0.shape) }
    var results: [Tensor] = []
    for (value, result) in zip(
      values, try interpreter.run(inputs: inputs.merging(constants) { first, _ in first }, outputs: values))
    {
      guard let elements = result.floats else {
        throw graph[value].failure("its value is of type \(result.type.rawValue), expected floating-point")
      }
      results.append(Tensor(shape: result.shape, elements: elements))
    }
    return results
  }

  /// Returns the common batch size of all tensors if it is above 1 and an input takes only a batch of 1.
  private func batchToSplit(_ tensors: [String: Tensor]) -> Int? {
    let counts = Set(tensors.values.map { $0.shape.first ?? 1 })
    guard counts.count == 1, let count = counts.first, count > 1 else { return nil }
    let isFixed = inputs.contains { input in
      guard tensors[input.name] != nil, let first = input.shape?.first else { return false }
      return first == 1
    }
    return isFixed ? count : nil
  }

  private func joined(_ parts: [Tensor], name: String) throws(ConversionError) -> Tensor {
    guard let first = parts.first, let length = first.shape.first,
      parts.allSatisfy({ $0.shape == first.shape })
    else {
      throw .badOperation(
        node: name, operation: "output",
        reason: "its value has no batch axis, so that batches cannot be joined")
    }
    return Tensor(
      shape: [length * parts.count] + first.shape.dropFirst(), elements: parts.flatMap(\.elements))
  }
}
