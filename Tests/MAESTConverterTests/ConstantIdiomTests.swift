import Foundation
import MAESTConverter
import MAESTTestSupport
import Testing

/// The weights in other element types, and other ways to write them down.
@Suite struct ConstantIdiomTests {
  /// A type that loses digits: what stands for a number, and what it is worth.
  struct Rounding: Sendable, CustomTestStringConvertible {
    let type: TensorFlowDataType
    let pattern: @Sendable (Float) -> UInt16
    let value: @Sendable (UInt16) -> Float
    var testDescription: String { "\(type)" }
  }

  /// bfloat16: the upper half of a float32.
  static let brainFloat = Rounding(
    type: .dtBfloat16, pattern: { UInt16($0.bitPattern >> 16) },
    value: { Float(bitPattern: UInt32($0) << 16) })
  /// IEEE half precision, normal numbers of it, digits cut off.
  static let half = Rounding(
    type: .dtHalf,
    pattern: { number in
      let magnitude = max(min(abs(number), 60000), 0x1p-14)
      let exponent = UInt16(Int(magnitude.exponent) + 15) << 10
      let fraction = UInt16((magnitude.significand - 1) * 1024)
      return (number < 0 ? 0x8000 : 0) | exponent | fraction
    },
    value: { bits in
      let magnitude = (1 + Float(bits & 0x3ff) / 1024) * exp2(Float(bits >> 10 & 0x1f) - 15)
      return bits & 0x8000 == 0 ? magnitude : -magnitude
    })

  /// The graph with rounded weights as float32, and with the same weights in the type and a Cast behind them.
  private static func graphs(
    _ rounding: Rounding, write: (inout TensorFlowTensorProto, [UInt16]) -> Void
  ) throws -> (float: EditableGraph, rounded: EditableGraph) {
    let original = try EditableGraph.sixBlocks()
    var (float, rounded) = (original, original)
    for weight in original.weights {
      let tensor = try original.constant(behind: weight)
      let patterns = tensor.floats.map(rounding.pattern)
      try float.editConstant(behind: weight) {
        $0 = TensorFlowTensorProto(floats: patterns.map(rounding.value), shape: tensor.shape)
      }
      try rounded.editConstant(behind: weight) {
        $0 = TensorFlowTensorProto(rounding.type, tensor.shape)
        write(&$0, patterns)
      }
    }
    try rounded.insert(
      "Cast", behind: original.weights, [], ["SrcT": .type(rounding.type), "DstT": .type(.dtFloat)])
    return (float, rounded)
  }

  @Test(arguments: [brainFloat, half])
  func shortFloatsAsContent(rounding: Rounding) throws {
    let (float, rounded) = try Self.graphs(rounding) { tensor, patterns in
      tensor.tensorContent = patterns.withUnsafeBytes { Data($0) }
    }
    let converted = try Conversion.convert(rounded.definition)
    expectSame(converted, try Conversion.convert(float.definition))
    #expect(converted.tensors != (try Converted.sixBlocks.get().tensors))
  }

  @Test(arguments: [brainFloat, half])
  func shortFloatsAsLists(rounding: Rounding) throws {
    let (float, rounded) = try Self.graphs(rounding) { $0.halfVal = $1.map { Int32($0) } }
    expectSame(try Conversion.convert(rounded.definition), try Conversion.convert(float.definition))
  }

  @Test func specialHalves() throws {
    let patterns: [UInt16] = [
      0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x8000, 0xfbff, 0x8001,
    ]
    let values: [Float] = [
      1, -2, 0.333251953125, 0x1p-24, 0x1.ff8p-15, 0x1p-14, 65504, -0.0, -65504, -0x1p-24,
    ]
    var graph = try EditableGraph.sixBlocks()
    let bias = EditableGraph.transformer + "layernorm/Add_1"
    let name = try graph.constantName(behind: try graph.node(bias).input[1])
    try graph.editConstant(behind: name) { tensor in
      tensor = TensorFlowTensorProto(.dtHalf, [48])
      tensor.halfVal = patterns.map { Int32($0) } + Array(repeating: 0, count: 48 - patterns.count)
    }
    try graph.insert("Cast", behind: name, [], ["SrcT": .type(.dtHalf), "DstT": .type(.dtFloat)])
    let found = try #require(try Conversion.convert(graph.definition).tensors["finalNorm.bias"])
    expectIdentical(Array(found.prefix(patterns.count)), values)
    expectIdentical(Array(found.dropFirst(patterns.count)), Array(repeating: 0, count: 48 - patterns.count))
  }

  enum Double: CaseIterable { case content, list }

  @Test(arguments: Double.allCases)
  func doublePrecision(written: Double) throws {
    try expectSameNumbers { graph in
      let weights = graph.weights
      for weight in weights {
        try graph.editConstant(behind: weight) { tensor in
          let (elements, shape) = (tensor.floats.map { Swift.Double($0) }, tensor.shape)
          tensor = TensorFlowTensorProto(.dtDouble, shape)
          switch written {
          case .content: tensor.tensorContent = elements.withUnsafeBytes { Data($0) }
          case .list: tensor.doubleVal = elements
          }
        }
      }
      try graph.insert(
        "Cast", behind: weights, [], ["SrcT": .type(.dtDouble), "DstT": .type(.dtFloat)])
    }
  }

  @Test func listsOfValues() throws {
    try expectSameNumbers { graph in
      for weight in graph.weights {
        try graph.editConstant(behind: weight) { tensor in
          tensor.floatVal = tensor.floats
          tensor.tensorContent = Data()
        }
      }
    }
  }

  /// TensorFlow leaves out what repeats at the end of a list; an empty list stands for zeros.
  @Test func theLastValueFillsTheShape() throws {
    let original = try EditableGraph.sixBlocks()
    var (whole, short) = (original, original)
    for (index, weight) in original.weights.enumerated() {
      let shape = try original.constant(behind: weight).shape
      let kept = Array(try original.constant(behind: weight).floats.prefix(index % 4))
      let missing = shape.reduce(1, *) - kept.count
      let elements = kept + Array(repeating: kept.last ?? 0, count: missing)
      try whole.editConstant(behind: weight) { $0 = TensorFlowTensorProto(floats: elements, shape: shape) }
      try short.editConstant(behind: weight) { tensor in
        tensor = TensorFlowTensorProto(.dtFloat, shape)
        tensor.floatVal = kept
      }
    }
    expectSame(try Conversion.convert(short.definition), try Conversion.convert(whole.definition))
  }

  @Test func shapesAndAxesOfOtherIntegerTypes() throws {
    try expectSameNumbers { graph in
      let axes = graph.names(of: "Mean")
      for mean in axes {
        try graph.editConstant(behind: try graph.node(mean).input[1]) {
          $0 = TensorFlowTensorProto(.dtInt64, [1])
          $0.int64Val = [-1]
        }
      }
      for permutation in graph.names(of: "Transpose") {
        try graph.editConstant(behind: try graph.node(permutation).input[1]) { tensor in
          let order = tensor.tensorContent.withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
          }
          guard !order.isEmpty else { return }
          tensor = TensorFlowTensorProto(.dtInt64, [order.count])
          tensor.int64Val = order.map { Int64($0) }
        }
      }
    }
  }
}
