import Foundation
import MAESTConverter
import Testing

@Suite struct OperationElementwiseTests {
  @Test func arithmeticOnFloats() throws {
    let (a, b) = (floats([1, -2, 3.5]), floats([2, 4, -0.5]))
    expect(try evaluate("AddV2", [a, b]), [3], floats: [3, 2, 3])
    expect(try evaluate("Sub", [a, b]), [3], floats: [-1, -6, 4])
    expect(try evaluate("Mul", [a, b]), [3], floats: [2, -8, -1.75])
    expect(try evaluate("RealDiv", [a, b]), [3], floats: [0.5, -0.5, -7])
    expect(try evaluate("SquaredDifference", [a, b]), [3], floats: [1, 36, 16])
    expect(try evaluate("Minimum", [a, b]), [3], floats: [1, -2, -0.5])
    expect(try evaluate("Maximum", [a, b]), [3], floats: [2, 4, 3.5])
    expect(
      try evaluate("Pow", [floats([4, 9, 2]), floats([0.5])]), [3], floats: [2, 3, Float(2).squareRoot()])
    expect(try evaluate("AddN", [a, b, a]), [3], floats: [4, 0, 6.5])
    expect(try evaluate("FloorDiv", [floats([7, -7]), floats([2])]), [2], floats: [3, -4])
    expect(try evaluate("FloorMod", [floats([7, -7]), floats([4])]), [2], floats: [3, 1])
    expect(try evaluate("RealDiv", [floats([1, 0]), floats([0])]), [2], floats: [.infinity, .nan])
  }

  @Test func integersWrapAsTheirTypeDoes() throws {
    expect(try evaluate("Add", [integers([Int(Int32.max)]), integers([1])]), [1], integers: [Int(Int32.min)])
    let large = integers([Int.max], type: .int64)
    expect(try evaluate("AddV2", [large, integers([1], type: .int64)]), [1], integers: [Int.min])
    expect(try evaluate("Mul", [large, large]), [1], integers: [1])
    expect(try evaluate("Neg", [integers([Int.min], type: .int64)]), [1], integers: [Int.min])
    expect(
      try evaluate("Sub", [integers([3], type: .uint8), integers([5], type: .uint8)]), [1], integers: [254])
    expect(try evaluate("Square", [integers([200], type: .int8)]), [1], integers: [64])
    expect(try evaluate("Abs", [integers([-7, 7])]), [2], integers: [7, 7])
    expect(try evaluate("SquaredDifference", [integers([3]), integers([5])]), [1], integers: [4])
    expect(try evaluate("Pow", [integers([3, 2, 5]), integers([4, 40, 0])]), [3], integers: [81, 0, 1])
  }

  @Test func integerDivisionRoundsAsAskedFor() throws {
    let (a, b) = (integers([7, -7, 7, -7]), integers([2, 2, -2, -2]))
    expect(try evaluate("FloorDiv", [a, b]), [4], integers: [3, -4, -4, 3])
    expect(try evaluate("FloorMod", [a, b]), [4], integers: [1, 1, -1, -1])
    expect(try evaluate("TruncateDiv", [a, b]), [4], integers: [3, -3, -3, 3])
    expect(try evaluate("TruncateMod", [a, b]), [4], integers: [1, -1, 1, -1])
    let lowest = integers([Int.min], type: .int64)
    expect(try evaluate("FloorDiv", [lowest, integers([-1], type: .int64)]), [1], integers: [Int.min])
    expect(try evaluate("FloorMod", [lowest, integers([-1], type: .int64)]), [1], integers: [0])
  }

  /// Every way in which one operand can be repeated, against an index calculation.
  @Test(arguments: [
    ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], []), ([], [2, 3, 4]), ([2, 3, 4], [4]), ([4], [2, 3, 4]),
    ([2, 3, 4], [2, 3, 1]), ([2, 3, 1], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [1, 3, 1]),
    ([2, 3, 4], [2, 1, 1]), ([1, 1], [1]), ([5, 1, 1, 2], [3, 1, 2]), ([0, 3], [1, 3]), ([3, 1], [0]),
  ])
  func broadcasting(left: [Int], right: [Int]) throws {
    let rank = max(left.count, right.count)
    func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
    let shape = zip(padded(left), padded(right)).map { $0 == 1 ? $1 : $0 }
    func position(_ index: [Int], _ own: [Int]) -> Int {
      zip(index, own).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    }
    let indices = shape.reduce([[]]) { list, size in list.flatMap { item in (0..<size).map { item + [$0] } } }
    let expected = indices.map { Float(position($0, padded(left)) - 100 * position($0, padded(right))) }
    let hundredfold = try evaluate("Mul", [counting(right), floats([100], [])])
    expect(try evaluate("Sub", [counting(left)] + hundredfold), shape, floats: expected)
  }

  @Test func bias() throws {
    let data = counting([1, 2, 2, 3])
    expect(
      try evaluate("BiasAdd", [data, floats([10, 20, 30])]), [1, 2, 2, 3],
      floats: [10, 21, 32, 13, 24, 35, 16, 27, 38, 19, 30, 41])
    expect(
      try evaluate("BiasAdd", [counting([1, 2, 3]), floats([10, 20])], ["data_format": .string("NCHW")]),
      [1, 2, 3], floats: [10, 11, 12, 23, 24, 25])
    expectRefusal("BiasAdd", [data, floats([1, 2])], mentions: "[2]", "[1, 2, 2, 3]")
    expectRefusal("BiasAdd", [floats([1], []), floats([1])])
  }

  @Test func comparisonsAndLogic() throws {
    let (a, b) = (floats([1, 2, .nan]), floats([2, 2, .nan]))
    expect(try evaluate("Equal", [a, b]), [3], booleans: [false, true, false])
    expect(try evaluate("NotEqual", [a, b]), [3], booleans: [true, false, true])
    expect(try evaluate("Less", [a, b]), [3], booleans: [true, false, false])
    expect(try evaluate("LessEqual", [a, b]), [3], booleans: [true, true, false])
    expect(try evaluate("Greater", [integers([3, 1]), integer(2)]), [2], booleans: [true, false])
    expect(try evaluate("GreaterEqual", [integers([2, 1]), integer(2)]), [2], booleans: [true, false])
    let (yes, mixed) = (booleans([true, true]), booleans([true, false]))
    expect(try evaluate("LogicalAnd", [yes, mixed]), [2], booleans: [true, false])
    expect(try evaluate("LogicalOr", [mixed, booleans([false], [])]), [2], booleans: [true, false])
    expect(try evaluate("LogicalNot", [mixed]), [2], booleans: [false, true])
    expect(try evaluate("Equal", [yes, mixed]), [2], booleans: [true, false])
    expectRefusal("Less", [yes, mixed], mentions: "bool")
  }

  private static let doubles: [String: @Sendable (Double) -> Double] = [
    "Erf": { erf($0) }, "Erfc": { erfc($0) }, "Tanh": { tanh($0) }, "Exp": { exp($0) },
    "Sigmoid": { 1 / (1 + exp(-$0)) }, "Neg": { -$0 }, "Square": { $0 * $0 }, "Abs": { abs($0) },
    "Relu": { max($0, 0) }, "Elu": { $0 < 0 ? expm1($0) : $0 }, "Floor": { floor($0) },
    "Ceil": { ceil($0) }, "Rint": { rint($0) }, "Reciprocal": { 1 / $0 },
  ]

  /// Every function on numbers of all sizes, against the same function in double precision.
  @Test(arguments: doubles.keys.sorted())
  func functions(operation: String) throws {
    let function = try #require(Self.doubles[operation])
    let inputs: [Float] = [-9.5, -3, -1.25, -0.5, -1e-3, 1e-7, 0.3, 0.5, 1, 1.5, 2.75, 9]
    expect(
      try evaluate(operation, [floats(inputs, [3, 4])]), [3, 4],
      floats: inputs.map { Float(function(Double($0))) })
  }

  @Test func rootsAndLogarithms() throws {
    let inputs = floats([0.25, 1, 9, 2])
    expect(try evaluate("Sqrt", [inputs]), [4], floats: [0.5, 1, 3, Float(2).squareRoot()])
    expect(try evaluate("Rsqrt", [inputs]), [4], floats: [2, 1, 1.0 / 3, Float(0.5).squareRoot()])
    expect(try evaluate("Log", [floats([1, 0, -1])]), [3], floats: [0, -.infinity, .nan])
  }

  /// Erf in the range of activations is right to the last bits, also where it is small.
  @Test func errorFunctionIsExact() throws {
    let inputs = (-4000...4000).map { Float($0) * 0x1p-10 }
    let found = try #require(try evaluate("Erf", [floats(inputs)]).first?.floats)
    let apart = zip(inputs, found).filter { x, y in abs(y - Float(erf(Double(x)))) > 1.5 * y.ulp }
    #expect(apart.isEmpty, "\(apart.count) differ, first at \(apart.first?.0 ?? 0)")
  }

  @Test func wrongOperands() {
    expectRefusal("AddV2", [floats([1, 2]), floats([1, 2, 3])], mentions: "[2]", "[3]")
    expectRefusal("AddV2", [floats([1]), integers([1])], mentions: "float32", "int32")
    expectRefusal("AddV2", [floats([1])], mentions: "input 1 is missing")
    expectRefusal("RealDiv", [integers([1]), integers([2])], mentions: "int32")
    expectRefusal("FloorDiv", [integers([1]), integers([0])], mentions: "division by 0")
    expectRefusal("FloorMod", [integers([1]), integers([0])], mentions: "division by 0")
    expectRefusal("Pow", [integers([2]), integers([-1])], mentions: "-1")
    expectRefusal("Erf", [integers([1])], mentions: "int32")
    expectRefusal("LogicalNot", [floats([1])], mentions: "float32")
    expectRefusal("AddN", [floats([1]), floats([1, 2])], mentions: "[2]")
    expectRefusal("AddN", [], mentions: "missing")
    expectRefusal("Add", [counting([5000, 1]), counting([1, 5000])], mentions: "[5000, 5000]")
    expectRefusal("QuantumFourierTransform", [floats([1])], mentions: "not supported")
  }
}
