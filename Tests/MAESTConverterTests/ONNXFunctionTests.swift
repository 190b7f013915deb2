import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Operators that a model defines itself.
@Suite struct ONNXFunctionTests {
  /// `y = x · factor + shift`, where `factor` is an attribute and `shift` an optional input.
  private static let scaling = ONNXFunctionProto.with {
    $0.name = "Scaling"
    $0.domain = "own"
    $0.input = ["x", "shift"]
    $0.output = ["y", "product"]
    $0.attributeProto = [.float("factor", 2)]
    $0.opsetImport = [.with { $0.version = 13 }]
    var factor = ONNXAttributeProto.with { $0.name = "value_float" }
    factor.refAttrName = "factor"
    $0.node = [
      ONNXNodeProto("Constant", [], ["c"], [factor]), ONNXNodeProto("Mul", ["x", "c"], ["product"]),
      ONNXNodeProto("Add", ["product", "shift"], ["y"]),
    ]
  }

  private static func call(
    _ inputs: [String], _ outputs: [String], _ attributes: [ONNXAttributeProto] = [],
    of name: String = "Scaling"
  ) -> ONNXNodeProto {
    var node = ONNXNodeProto(name, inputs, outputs, attributes)
    node.domain = "own"
    return node
  }

  private static func model(
    _ nodes: [ONNXNodeProto], _ functions: [ONNXFunctionProto] = [scaling], outputs: [String]
  ) -> ONNXModelProto {
    var model = ONNXModelProto(
      nodes, tensors: ["x": .floats([1, 3]), "s": .floats([10])], outputs: outputs, version: 18)
    model.functions = functions
    return model
  }

  @Test func eachCallHasItsOwnValues() throws {
    let nodes = [
      Self.call(["x", "s"], ["a"]), Self.call(["a", "s"], ["b", "p"], [.float("factor", 0.5)]),
    ]
    let found = try Self.model(nodes, outputs: ["a", "b", "p"]).constantOutputs()
    #expect(found["a"]?.numbers == [12, 16])
    #expect(found["p"]?.numbers == [6, 8])
    #expect(found["b"]?.numbers == [16, 18])
  }

  @Test func functionsCallOthers() throws {
    let twice = ONNXFunctionProto.with {
      ($0.name, $0.domain, $0.input, $0.output) = ("Twice", "own", ["x", "s"], ["y", "x2"])
      $0.node = [
        Self.call(["x", "s"], ["z"]), Self.call(["z", "s"], ["y"]), ONNXNodeProto("Identity", ["x"], ["x2"]),
      ]
    }
    let found = try Self.model(
      [Self.call(["x", "s"], ["a", "same"], of: "Twice")], [Self.scaling, twice], outputs: ["a", "same"]
    ).constantOutputs()
    #expect(found["a"]?.numbers == [34, 42])
    #expect(found["same"]?.numbers == [1, 3])
  }

  /// A body is read by the version of the operators that the function names, not the model's: before version 13
  /// `Softmax` takes all axes from the given one on as one.
  @Test func aFunctionHasItsOwnVersion() throws {
    let shares = ONNXFunctionProto.with {
      ($0.name, $0.domain, $0.input, $0.output) = ("Shares", "own", ["x"], ["y"])
      $0.opsetImport = [.with { $0.version = 11 }]
      $0.node = [ONNXNodeProto("Unsqueeze", ["x"], ["y"], [.integers("axes", [0])])]
    }
    let found = try Self.model([Self.call(["x"], ["a"], of: "Shares")], [shares], outputs: ["a"])
      .constantOutputs()
    #expect(found["a"]?.shape == [1, 2])
  }

  /// The definition in the file goes before ONNX's operator of the same name.
  @Test func aDefinitionOfAStandardOperator() throws {
    let doubling = ONNXFunctionProto.with {
      ($0.name, $0.input, $0.output) = ("Neg", ["x"], ["y"])
      $0.node = [ONNXNodeProto("Add", ["x", "x"], ["y"])]
    }
    let found = try Self.model([ONNXNodeProto("Neg", ["x"], ["a"])], [doubling], outputs: ["a"])
      .constantOutputs()
    #expect(found["a"]?.numbers == [2, 6])
  }

  @Test func recursionIsRefused() {
    let endless = ONNXFunctionProto.with {
      ($0.name, $0.domain, $0.input, $0.output) = ("Endless", "own", ["x"], ["y"])
      $0.node = [Self.call(["x"], ["y"], of: "Endless")]
    }
    let model = Self.model([Self.call(["x"], ["a"], of: "Endless")], [endless], outputs: ["a"])
    #expect(throws: ConversionError.recursiveCall(function: "Endless")) { try model.constantOutputs() }
  }

  /// Each function calls the one before it twice.
  @Test func aTreeOfCallsEndsEarly() {
    var functions = [
      ONNXFunctionProto.with {
        ($0.name, $0.domain, $0.input, $0.output) = ("F0", "own", ["x"], ["y"])
        $0.node = [ONNXNodeProto("Neg", ["x"], ["y"])]
      }
    ]
    for index in 1..<40 {
      functions.append(
        .with {
          ($0.name, $0.domain, $0.input, $0.output) = ("F\(index)", "own", ["x"], ["y"])
          $0.node = [
            Self.call(["x"], ["z"], of: "F\(index - 1)"), Self.call(["z"], ["y"], of: "F\(index - 1)"),
          ]
        })
    }
    let model = Self.model([Self.call(["x"], ["a"], of: "F39")], functions, outputs: ["a"])
    #expect {
      try model.constantOutputs()
    } throws: { error in
      guard case .tooLarge = error as? ConversionError else { return false }
      return true
    }
  }

  /// Long names in a body that is called often, and a long name of a call with a large body.
  @Test(arguments: [true, false]) func longNamesEndEarly(isOfTheCall: Bool) {
    let long = String(repeating: "x", count: 1 << 20)
    let body = ONNXFunctionProto.with {
      ($0.name, $0.domain, $0.input, $0.output) = ("Body", "own", ["x"], ["y"])
      let inner = isOfTheCall ? "z" : long
      $0.node = [ONNXNodeProto("Neg", ["x"], [inner]), ONNXNodeProto("Neg", [inner], ["y"])]
    }
    let nodes = (0..<1000).map { index in
      var node = Self.call(["x"], ["a\(index)"], of: "Body")
      if isOfTheCall { node.name = long }
      return node
    }
    let model = Self.model(nodes, [body], outputs: ["a999"])
    if isOfTheCall {
      #expect(throws: Never.self) { try model.constantOutputs() }
    } else {
      #expect {
        try model.constantOutputs()
      } throws: { error in
        guard case .tooLarge = error as? ConversionError else { return false }
        return true
      }
    }
  }

  @Test func functionsOfOtherSetsAreRefused() {
    var function = Self.scaling
    function.opsetImport = [.with { $0.version = 6 }]
    #expect {
      try Self.model([Self.call(["x", "s"], ["a"])], [function], outputs: ["a"]).constantOutputs()
    } throws: { "\($0)".contains("operator set 6") && "\($0)".contains("function Scaling") }
  }

  @Test func callsThatDoNotFitAreRefused() {
    for call in [Self.call(["x", "s", "s"], ["a"]), Self.call(["x", "s"], ["a", "b", "c"])] {
      #expect {
        try Self.model([call], outputs: ["a"]).constantOutputs()
      } throws: { error in
        guard case .badOperation("a", "Scaling", _) = error as? ConversionError else { return false }
        return true
      }
    }
    let model = Self.model([Self.call(["x", "s"], ["a"])], [Self.scaling, Self.scaling], outputs: ["a"])
    #expect(throws: ConversionError.duplicateName("Scaling")) { try model.constantOutputs() }
  }

  /// Dropout that a function's attribute leaves on, and inputs that a call leaves out.
  @Test func aMissingInputIsNamed() {
    let model = Self.model([Self.call(["x"], ["a"])], outputs: ["a"])
    #expect {
      try model.constantOutputs()
    } throws: { error in
      guard case .badOperation(_, "Add", let reason) = error as? ConversionError else { return false }
      return reason.contains("missing")
    }
  }
}
