import MAESTConverter
import MAESTTestSupport
import Testing

/// Computes one operation named `node`.
func evaluate(
  _ operation: String, _ inputs: [ConstantTensor], _ attributes: [String: Attribute] = [:],
  in context: EvaluationContext = .folding
) throws(ConversionError) -> [ConstantTensor] {
  try Operations.evaluate(
    Node(name: "node", operation: operation, inputs: [], attributes: attributes), inputs, in: context)
}

/// Expects an operation to refuse its inputs with the error for bad operations, whose reason has all of `mentions`.
func expectRefusal(
  _ operation: String, _ inputs: [ConstantTensor], _ attributes: [String: Attribute] = [:],
  mentions: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  do {
    let outputs = try evaluate(operation, inputs, attributes)
    Issue.record("\(operation) gave shapes \(outputs.map(\.shape))", sourceLocation: sourceLocation)
  } catch {
    guard case .badOperation("node", operation, let reason) = error else {
      Issue.record("\(operation): \(error)", sourceLocation: sourceLocation)
      return
    }
    for text in mentions where !text.isEmpty {
      #expect(reason.contains(text), "\(operation): \(reason)", sourceLocation: sourceLocation)
    }
  }
}

/// Expects one output of `shape` with these floats, to within a relative 1e-6.
func expect(
  _ outputs: [ConstantTensor], _ shape: [Int], floats expected: [Float],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    outputs.count == 1 && outputs.first?.shape == shape, "\(outputs.map(\.shape))",
    sourceLocation: sourceLocation)
  guard let found = outputs.first?.floats, found.count == expected.count else {
    Issue.record("\(outputs), expected \(expected.count) floats", sourceLocation: sourceLocation)
    return
  }
  let apart = found.indices.filter { !isClose(found[$0], expected[$0]) }
  #expect(
    apart.isEmpty, "\(apart.count) differ: \(Difference(found, expected))", sourceLocation: sourceLocation)
}

private func isClose(_ found: Float, _ expected: Float) -> Bool {
  expected.isNaN ? found.isNaN : found == expected || abs(found - expected) <= 1e-6 * max(1, abs(expected))
}

/// Expects one output of `shape` with these integers.
func expect(
  _ outputs: [ConstantTensor], _ shape: [Int], integers expected: [Int],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    outputs.count == 1 && outputs.first?.shape == shape, "\(outputs.map(\.shape))",
    sourceLocation: sourceLocation)
  #expect(outputs.first?.integers == expected, sourceLocation: sourceLocation)
}

/// Expects one output of `shape` with these truth values.
func expect(
  _ outputs: [ConstantTensor], _ shape: [Int], booleans expected: [Bool],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    outputs.count == 1 && outputs.first?.shape == shape, "\(outputs.map(\.shape))",
    sourceLocation: sourceLocation)
  #expect(outputs.first?.booleans == expected, sourceLocation: sourceLocation)
}

/// A tensor of floats; by default a list.
func floats(_ values: [Float], _ shape: [Int]? = nil) -> ConstantTensor {
  ConstantTensor(floats: values, shape: shape ?? [values.count])
}

/// The floats 0, 1, 2, ... in a shape.
func counting(_ shape: [Int]) -> ConstantTensor {
  ConstantTensor(floats: (0..<shape.reduce(1, *)).map { Float($0) }, shape: shape)
}

/// A tensor of 32-bit integers; by default a list.
func integers(_ values: [Int], _ shape: [Int]? = nil, type: ElementType = .int32) -> ConstantTensor {
  ConstantTensor(integers: values, shape: shape ?? [values.count], type: type)
}

/// A single 32-bit integer.
func integer(_ value: Int) -> ConstantTensor { ConstantTensor(integers: [value], shape: [], type: .int32) }

/// A tensor of truth values; by default a list.
func booleans(_ values: [Bool], _ shape: [Int]? = nil) -> ConstantTensor {
  ConstantTensor(booleans: values, shape: shape ?? [values.count])
}

/// A tensor of seeded random floats.
func randomFloats(_ shape: [Int], seed: UInt64 = 1) -> ConstantTensor {
  var random = SeededRandom(seed: seed)
  return ConstantTensor(floats: (0..<shape.reduce(1, *)).map { _ in random.nextNormal() }, shape: shape)
}
