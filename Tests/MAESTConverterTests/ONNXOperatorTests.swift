import MAESTConverter
import Testing

/// Each operator on constants: what it gives, by the definitions in ONNX's `Operators.md`.
@Suite struct ONNXOperatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: String
    var inputs: [ONNXTensorProto]
    var attributes: [ONNXAttributeProto] = []
    var version: Int64 = 13
    /// Shape and numbers of each output.
    var expected: [(shape: [Int], numbers: [Double])]
    var testDescription: String { "\(type) version \(version): \(expected.map(\.shape))" }
  }

  @Test(arguments: layout + parts + arithmetic + reductions + masks)
  func givesWhatONNXSays(_ test: Case) throws {
    let names = test.inputs.indices.map { "input \($0)" }
    let outputs = test.expected.indices.map { "output \($0)" }
    let tensors = Dictionary(uniqueKeysWithValues: zip(names, test.inputs))
    let model = ONNXModelProto(
      [ONNXNodeProto(test.type, names, outputs, test.attributes)], tensors: tensors, outputs: outputs,
      version: test.version)
    let found = try model.constantOutputs()
    for (name, expected) in zip(outputs, test.expected) {
      #expect(found[name]?.shape == expected.shape, "\(name)")
      #expect(found[name]?.numbers == expected.numbers, "\(name)")
    }
  }

  private static let six: [Double] = [0, 1, 2, 3, 4, 5]

  private static let layout = [
    Case(
      type: "Reshape", inputs: [.counting([2, 3, 1]), .integers([0, -1])], expected: [([2, 3], six)]),
    Case(
      type: "Flatten", inputs: [.counting([1, 2, 3])], attributes: [.integer("axis", 2)],
      expected: [([2, 3], six)]),
    Case(
      type: "Flatten", inputs: [.counting([2, 3])], attributes: [.integer("axis", 0)],
      expected: [([1, 6], six)]),
    Case(type: "Squeeze", inputs: [.counting([1, 6, 1])], expected: [([6], six)]),
    Case(type: "Squeeze", inputs: [.counting([1, 6, 1]), .integers([-1])], expected: [([1, 6], six)]),
    Case(
      type: "Squeeze", inputs: [.counting([1, 6, 1])], attributes: [.integers("axes", [0])], version: 11,
      expected: [([6, 1], six)]),
    Case(type: "Unsqueeze", inputs: [.counting([6]), .integers([-1, 0])], expected: [([1, 6, 1], six)]),
    Case(type: "Transpose", inputs: [.counting([2, 3])], expected: [([3, 2], [0, 3, 1, 4, 2, 5])]),
    Case(type: "Shape", inputs: [.counting([1, 2, 3])], expected: [([3], [1, 2, 3])]),
    Case(
      type: "Shape", inputs: [.counting([1, 2, 3])], attributes: [.integer("start", -2), .integer("end", 2)],
      version: 15, expected: [([1], [2])]),
    Case(
      type: "ConstantOfShape", inputs: [.integers([1, 3])], attributes: [.tensor("value", .integers([7]))],
      expected: [([1, 3], [7, 7, 7])]),
    Case(type: "ConstantOfShape", inputs: [.integers([2])], expected: [([2], [0, 0])]),
    Case(
      type: "Expand", inputs: [.counting([2, 1]), .integers([2, 1, 2])],
      expected: [([2, 2, 2], [0, 0, 1, 1, 0, 0, 1, 1])]),
    Case(type: "Expand", inputs: [.counting([2, 3]), .integers([1])], expected: [([2, 3], six)]),
  ]

  private static let parts = [
    Case(
      type: "Slice", inputs: [.counting([2, 3]), .integers([-2]), .integers([.max]), .integers([-1])],
      expected: [([2, 2], [1, 2, 4, 5])]),
    Case(
      type: "Slice",
      inputs: [.counting([6]), .integers([1]), .integers([-1]), .integers([0]), .integers([2])],
      expected: [([2], [1, 3])]),
    Case(
      type: "Split", inputs: [.counting([6])], expected: [([3], [0, 1, 2]), ([3], [3, 4, 5])]),
    Case(
      type: "Split", inputs: [.counting([2, 3]), .integers([1, 2])], attributes: [.integer("axis", -1)],
      expected: [([2, 1], [0, 3]), ([2, 2], [1, 2, 4, 5])]),
    Case(
      type: "Split", inputs: [.counting([5])], attributes: [.integer("num_outputs", 2)], version: 18,
      expected: [([3], [0, 1, 2]), ([2], [3, 4])]),
    Case(
      type: "Split", inputs: [.counting([3])], attributes: [.integers("split", [2, 1])], version: 11,
      expected: [([2], [0, 1]), ([1], [2])]),
    Case(
      type: "Gather", inputs: [.counting([2, 3]), .integers([-1], shape: [])],
      attributes: [.integer("axis", 1)],
      expected: [([2], [2, 5])]),
    Case(type: "Gather", inputs: [.counting([6]), .integers([4, 0])], expected: [([2], [4, 0])]),
    Case(
      type: "Concat", inputs: [.counting([2, 1]), .counting([2, 2])], attributes: [.integer("axis", -1)],
      expected: [([2, 3], [0, 0, 1, 1, 2, 3])]),
    Case(
      type: "Where", inputs: [.booleans([true, false]), .floats([1, 2]), .floats([3, 4])],
      expected: [([2], [1, 4])]),
  ]

  private static let arithmetic = [
    Case(type: "Add", inputs: [.floats([1, 2]), .floats([0.5], shape: [])], expected: [([2], [1.5, 2.5])]),
    Case(type: "Sub", inputs: [.integers([5, 2]), .integers([1])], expected: [([2], [4, 1])]),
    Case(type: "Mul", inputs: [.floats([3, 2]), .floats([3, 4])], expected: [([2], [9, 8])]),
    Case(type: "Div", inputs: [.floats([3]), .floats([2])], expected: [([1], [1.5])]),
    Case(type: "Div", inputs: [.integers([7, -7]), .integers([2])], expected: [([2], [3, -3])]),
    Case(type: "Pow", inputs: [.floats([3]), .integers([2])], expected: [([1], [9])]),
    // 1 + 2^-11 lies between two numbers of half precision, 65520 beyond all of them.
    Case(
      type: "Cast", inputs: [.floats([1.0004883, 1.0014648, 65520, 1e-8])], attributes: [.integer("to", 10)],
      expected: [([4], [1, 1.001953125, .infinity, 0])]),
    Case(
      type: "Cast", inputs: [.floats([1.00390625, 1.01171875])], attributes: [.integer("to", 16)],
      expected: [([2], [1, 1.015625])]),
    Case(type: "Pow", inputs: [.floats([3]), .floats([2])], expected: [([1], [9])]),
    Case(type: "Sqrt", inputs: [.floats([9])], expected: [([1], [3])]),
    Case(type: "Equal", inputs: [.integers([1, 2]), .integers([1, 3])], expected: [([2], [1, 0])]),
    Case(type: "Not", inputs: [.booleans([true, false])], expected: [([2], [0, 1])]),
    Case(type: "Cast", inputs: [.floats([2.75])], attributes: [.integer("to", 7)], expected: [([1], [2])]),
    Case(type: "Cast", inputs: [.integers([2])], attributes: [.integer("to", 1)], expected: [([1], [2])]),
    Case(type: "Identity", inputs: [.floats([2])], expected: [([1], [2])]),
    Case(type: "Dropout", inputs: [.floats([2])], expected: [([1], [2])]),
    Case(
      type: "Constant", inputs: [], attributes: [.integers("value_ints", [4, 5])], expected: [([2], [4, 5])]),
    Case(type: "Constant", inputs: [], attributes: [.float("value_float", 0.5)], expected: [([], [0.5])]),
    Case(type: "Constant", inputs: [], attributes: [.integer("value_int", 3)], expected: [([], [3])]),
    Case(
      type: "Constant", inputs: [], attributes: [.tensor("value", .counting([2, 1]))],
      expected: [([2, 1], [0, 1])]),
  ]

  private static let reductions = [
    Case(type: "ReduceSum", inputs: [.counting([2, 3]), .integers([1])], expected: [([2, 1], [3, 12])]),
    Case(
      type: "ReduceMax", inputs: [.counting([2, 3])],
      attributes: [.integers("axes", [0]), .integer("keepdims", 0)], version: 11,
      expected: [([3], [3, 4, 5])]),
    Case(type: "ReduceMin", inputs: [.counting([2, 3]), .integers([-1])], expected: [([2, 1], [0, 3])]),
    Case(type: "ReduceProd", inputs: [.integers([2, 3, 4])], expected: [([1], [24])]),
    Case(
      type: "Sum", inputs: [.floats([1, 2]), .floats([3], shape: [1]), .floats([5, 6])],
      expected: [([2], [9, 11])]),
    Case(type: "Max", inputs: [.floats([1, 5]), .floats([3])], expected: [([2], [3, 5])]),
    Case(type: "Min", inputs: [.floats([1, 5]), .floats([3]), .floats([2])], expected: [([2], [1, 2])]),
    Case(type: "Mod", inputs: [.integers([-7, 7]), .integers([3])], expected: [([2], [2, 1])]),
    Case(
      type: "Mod", inputs: [.integers([-7, 7]), .integers([3])], attributes: [.integer("fmod", 1)],
      expected: [([2], [-1, 1])]),
    Case(
      type: "Clip", inputs: [.floats([-1, 2, 9]), .floats([0], shape: [])], expected: [([3], [0, 2, 9])]),
    Case(
      type: "Clip", inputs: [.floats([-1, 2, 9]), .floats([0], shape: []), .floats([5], shape: [])],
      expected: [([3], [0, 2, 5])]),
  ]

  private static let masks = [
    Case(type: "Size", inputs: [.counting([2, 3])], expected: [([], [6])]),
    Case(
      type: "Range",
      inputs: [.integers([1], shape: []), .integers([7], shape: []), .integers([2], shape: [])],
      expected: [([3], [1, 3, 5])]),
    Case(type: "Tile", inputs: [.counting([2]), .integers([2])], expected: [([4], [0, 1, 0, 1])]),
    Case(
      type: "Trilu", inputs: [.counting([2, 3])], version: 14, expected: [([2, 3], [0, 1, 2, 0, 4, 5])]),
    Case(
      type: "Trilu", inputs: [.counting([2, 3]), .integers([1], shape: [])], version: 14,
      expected: [([2, 3], [0, 1, 2, 0, 0, 5])]),
    Case(
      type: "Trilu", inputs: [.counting([1, 2, 2])], attributes: [.integer("upper", 0)], version: 14,
      expected: [([1, 2, 2], [0, 0, 2, 3])]),
    Case(type: "IsNaN", inputs: [.floats([1, .nan, .infinity])], expected: [([3], [0, 1, 0])]),
    Case(type: "CastLike", inputs: [.floats([2.5]), .integers([0])], version: 15, expected: [([1], [2])]),
    Case(type: "Abs", inputs: [.integers([-3])], expected: [([1], [3])]),
    Case(type: "Round", inputs: [.floats([0.5, 1.5, -2.5])], expected: [([3], [0, 2, -2])]),
    Case(
      type: "Dropout", inputs: [.floats([2]), .floats([0.5], shape: []), .booleans([false])],
      expected: [([1], [2])]),
  ]
}
