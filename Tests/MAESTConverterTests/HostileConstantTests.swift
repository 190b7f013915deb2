import Foundation
import MAESTConverter
import Testing

/// Constants whose shape, type and content do not go together, or that ask for any amount of memory.
@Suite struct HostileConstantTests {
  private func error(
    _ tensors: [TensorFlowTensorProto], sourceLocation: SourceLocation = #_sourceLocation
  ) -> ConversionError? {
    var graph = EditableGraph.empty
    for (index, tensor) in tensors.enumerated() { graph.addConstant("c\(index)", tensor) }
    return #expect(throws: ConversionError.self, sourceLocation: sourceLocation) {
      try Conversion.convert(graph.definition, sourceLocation: sourceLocation)
    }
  }

  /// Expects a constant to be refused as such.
  private func expectBad(
    _ tensor: TensorFlowTensorProto, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = error([tensor], sourceLocation: sourceLocation)
    guard case .badConstant(node: "c0", _)? = error else {
      Issue.record("\(what): \(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  private static let types: [TensorFlowDataType] = [
    .dtFloat, .dtDouble, .dtHalf, .dtBfloat16, .dtInt8, .dtUint8, .dtInt16, .dtInt32, .dtInt64, .dtBool,
    .dtString,
  ]

  @Test(arguments: [
    [1 << 25], [1 << 40], [1 << 62], [.max], [-1], [.min], [1 << 32, 1 << 32], [.max, .max], [2, .min, 2],
    [1 << 21, 1 << 20], [0, .max, .max], [.max, 0, .max], [.max, .max, 0], [0, -1],
  ])
  func shapes(shape: [Int]) {
    for type in Self.types { expectBad(TensorFlowTensorProto(type, shape), "\(type)") }
    var filled = TensorFlowTensorProto(.dtFloat, shape)
    filled.floatVal = [1]
    expectBad(filled)
  }

  /// Strings take sixteen bytes each, so that fewer of them may be left out than numbers.
  @Test func manyStringsOutOfOne() {
    var tensor = TensorFlowTensorProto(.dtString, [(1 << 20) + 2])
    tensor.stringVal = [Data("x".utf8)]
    expectBad(tensor)
  }

  @Test func aShapeOfUnknownRank() {
    for type in Self.types {
      var tensor = TensorFlowTensorProto(type, [])
      tensor.tensorShape.unknownRank = true
      expectBad(tensor, "\(type)")
    }
  }

  @Test func contentOfAnotherLength() {
    for type in Self.types where type != .dtString {
      for (count, shape) in [(1, [3]), (7, [3]), (25, [3]), (1, []), (16, []), (9, []), (3, [0])] {
        var tensor = TensorFlowTensorProto(type, shape)
        tensor.tensorContent = Data(count: count)
        let fits = [TensorFlowDataType.dtInt8, .dtUint8, .dtBool].contains(type) && count == 1 && shape == []
        if !fits { expectBad(tensor, "\(count) bytes of \(type) for \(shape)") }
      }
    }
    var text = TensorFlowTensorProto(.dtString, [3])
    text.tensorContent = Data("abc".utf8)
    expectBad(text)
  }

  @Test func moreValuesThanElements() {
    for (shape, count) in [([], 2), ([3], 4), ([0], 2)] {
      var tensor = TensorFlowTensorProto(.dtFloat, shape)
      tensor.floatVal = Array(repeating: 1, count: count)
      expectBad(tensor, "\(count) for \(shape)")
    }
  }

  @Test(
    arguments: [
      .dtInvalid,
      // complex64, resource, variant
      .init(rawValue: 8), .init(rawValue: 20), .init(rawValue: 21),
      .init(rawValue: 22), .init(rawValue: 99), .init(rawValue: -1),
    ] as [TensorFlowDataType])
  func typesThatAreNoneOfOurs(type: TensorFlowDataType) {
    expectBad(TensorFlowTensorProto(type, [2]))
    var tensor = TensorFlowTensorProto(type, [2])
    tensor.tensorContent = Data(count: 16)
    expectBad(tensor)
  }

  /// Few bytes each, many gigabytes together.
  @Test func manyConstantsThatAreFilled() {
    let error = error((0..<2000).map { _ in TensorFlowTensorProto(.dtInt8, [1 << 22]) })
    guard case .badConstant(_, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("4194304 elements"))
  }

  @Test func emptyTensors() {
    let tensors = Self.types.flatMap { type in
      [[0], [0, 3], [3, 0], [0, 1 << 40], [1 << 40, 0]].map { TensorFlowTensorProto(type, $0) }
    }
    #expect(error(tensors) == .noInput(found: []))
  }

  /// Each integer constant of a small graph, one after the other, with numbers that no graph has.
  @Test(arguments: [Int64.min, .max, -1, 0, 1, 1 << 40, -2, 4096])
  func integersOfAnySize(number: Int64) throws {
    let original = try EditableGraph.small.get()
    let expected = try Converted.small.get()
    for (index, node) in original.node.enumerated() {
      guard let tensor = node.attr["value"]?.tensor, [.dtInt32, .dtInt64].contains(tensor.dtype) else {
        continue
      }
      var changed = TensorFlowTensorProto(tensor.dtype, tensor.shape)
      if tensor.dtype == .dtInt32 {
        changed.intVal = [Int32(clamping: number)]
      } else {
        changed.int64Val = [number]
      }
      var graph = original
      graph.node[index].attr["value"] = .tensor(changed)
      do {
        let converted = try Conversion.convert(graph)
        #expect(converted.configuration == expected.configuration, "\(node.name)")
      } catch is ConversionError {}
    }
  }

  /// The same with tensors of another shape or type.
  @Test func constantsOfAnyShape() throws {
    let original = try EditableGraph.small.get()
    let others = [
      TensorFlowTensorProto(.dtInt64, []), TensorFlowTensorProto(.dtInt64, [0]),
      TensorFlowTensorProto(.dtInt32, [1, 1, 1, 1, 1, 1]), TensorFlowTensorProto(.dtInt64, [5000]),
      TensorFlowTensorProto(.dtFloat, [0]), TensorFlowTensorProto(.dtBool, [3]),
      TensorFlowTensorProto(.dtString, [4]), TensorFlowTensorProto(.dtDouble, [48]),
    ]
    for (index, node) in original.node.enumerated() where node.op == "Const" {
      for (offset, other) in others.enumerated() where (index + offset) % 3 == 0 {
        var graph = original
        graph.node[index].attr["value"] = .tensor(other)
        do { _ = try Conversion.convert(graph) } catch is ConversionError {}
      }
    }
  }
}
