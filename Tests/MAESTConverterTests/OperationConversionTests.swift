import MAESTConverter
import Testing

@Suite struct OperationConversionTests {
  private func cast(_ tensor: ConstantTensor, _ type: ElementType) throws(ConversionError) -> [ConstantTensor]
  {
    try evaluate("Cast", [tensor], ["DstT": .type(type)])
  }

  @Test func casts() throws {
    expect(try cast(integers([1, -2]), .float32), [2], floats: [1, -2])
    expect(try cast(booleans([true, false]), .float32), [2], floats: [1, 0])
    expect(try cast(floats([1.9, -1.9, 0]), .int32), [3], integers: [1, -1, 0])
    expect(try cast(booleans([true, false]), .int64), [2], integers: [1, 0])
    expect(try cast(integers([300, -1]), .uint8), [2], integers: [44, 255])
    expect(try cast(integers([1 << 40], type: .int64), .int32), [1], integers: [0])
    expect(try cast(floats([0, 2, -1]), .bool), [3], booleans: [false, true, true])
    expect(try cast(integers([0, 5]), .bool), [2], booleans: [false, true])
    #expect(try cast(integers([1]), .int64).first?.type == .int64)
  }

  @Test func castsThatHaveNoResult() {
    let type: [String: Attribute] = ["DstT": .type(.int32)]
    expectRefusal("Cast", [floats([.nan])], type, mentions: "nan")
    expectRefusal("Cast", [floats([1e30])], type, mentions: "1e+30")
    expectRefusal("Cast", [floats([1])], ["DstT": .type(.string)], mentions: "string")
    expectRefusal("Cast", [floats([1])], mentions: "no target type")
    expectRefusal("Cast", [], type)
  }

  @Test(arguments: [
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
  ])
  func passing(operation: String) throws {
    expect(try evaluate(operation, [floats([1, 2])]), [2], floats: [1, 2])
    expectRefusal(operation, [])
  }

  @Test func severalPassAtOnce() throws {
    let outputs = try evaluate("IdentityN", [floats([1]), integers([2])])
    #expect(outputs.count == 2 && outputs[0].floats == [1] && outputs[1].integers == [2])
  }

  @Test func assertionsHaveNoOutputs() throws {
    #expect(try evaluate("Assert", [booleans([false], [])]).isEmpty)
    #expect(try evaluate("NoOp", []).isEmpty)
  }

  @Test func constants() throws {
    expect(try evaluate("Const", [], ["value": .tensor(floats([7]))]), [1], floats: [7])
    expectRefusal("Const", [], mentions: "no value")
  }
}
