import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes of a TensorFlow graph.
enum GraphChange: CaseIterable {
  case rewire, loop, addInputs, dropInputs, otherOperation, otherAttributes, otherNode, removeNode, copyNode,
    renameNode
  case constantShape, constantContents, constantType, constantList
  case integerAttribute, listAttribute, shapeAttribute, tensorAttribute
  case chain, copies, manyParts, growingRank, doubling, hugeResult, expensiveWeight
  case callItself, callEachOther, callTwice, callDeeply, branches, otherSignature

  static func several(_ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      allCases.randomElement(using: &random)?.apply(&graph, &random)
    }
  }

  private func apply(_ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    switch self {
    case .callItself, .callEachOther, .callTwice, .callDeeply, .branches, .otherSignature:
      CallChange.apply(self, &graph, &random)
    case .chain, .copies, .manyParts, .growingRank, .doubling, .hugeResult, .expensiveWeight:
      GrowthChange.apply(self, &graph, &random)
    default:
      // In a function's body as often as at the top level.
      let functions = graph.library.function.indices
      if let function = functions.randomElement(using: &random), random.chance(2) {
        change(&graph.library.function[function].nodeDef, &random)
      } else {
        change(&graph.node, &random)
      }
    }
  }

  private func change(_ nodes: inout [TensorFlowNodeDef], _ random: inout SeededRandom) {
    guard let place = nodes.indices.randomElement(using: &random),
      let other = nodes.randomElement(using: &random)
    else { return }
    switch self {
    case .rewire, .loop, .addInputs, .dropInputs: changeInputs(&nodes[place], other, &random)
    case .otherOperation:
      nodes[place].op = random.chance(2) ? other.op : Self.operations.randomElement(using: &random) ?? ""
    case .otherAttributes: nodes[place].attr = other.attr
    case .otherNode:
      let name = nodes[place].name
      nodes[place] = other
      nodes[place].name = name
    case .removeNode: nodes.remove(at: place)
    case .copyNode: nodes.insert(other, at: place)
    case .renameNode:
      nodes[place].name = random.chance(3) ? String(repeating: "x", count: 100_000) : other.name
    case .integerAttribute, .listAttribute, .shapeAttribute, .tensorAttribute:
      changeAttribute(&nodes[place], other, &random)
    default:
      let constants = nodes.indices.filter { nodes[$0].op == "Const" }
      if let constant = constants.randomElement(using: &random) { changeConstant(&nodes[constant], &random) }
    }
  }

  private static let operations = [
    "Reshape", "Transpose", "GatherV2", "StridedSlice", "Slice", "SplitV", "Split", "Pack", "Unpack", "Tile",
    "Fill",
    "Range", "SparseToDense", "Where", "Einsum", "Conv2D", "MatMul", "BatchMatMulV2", "Sum", "Softmax",
    "Merge", "Switch",
    "SelectBranch", "Pow", "FloorMod", "Cast", "BroadcastTo", "ConcatV2", "Squeeze", "ExpandDims", "Sigmoid",
    "Identity",
    "IdentityN", "ReadVariableOp", "Placeholder", "Const", "If", "PartitionedCall", "NoOp", "",
  ]

  private func changeInputs(
    _ node: inout TensorFlowNodeDef, _ other: TensorFlowNodeDef, _ random: inout SeededRandom
  ) {
    let names = [
      other.name, "\(other.name):1", "\(other.name):\(random.integer())", "\(other.name):output:0",
      "^\(other.name)",
      "\(other.name):output:0:0", ":", "", "gone",
    ]
    let name = random.chance(2) ? other.name : names.randomElement(using: &random) ?? ""
    switch self {
    case .loop where !node.input.isEmpty: node.input[0] = node.name
    case .addInputs: node.input += Array(repeating: name, count: random.chance(8) ? 50_000 : 1)
    case .dropInputs: node.input = Array(node.input.dropLast(Int.random(in: 1...3, using: &random)))
    default:
      guard let place = node.input.indices.randomElement(using: &random) else { return }
      node.input[place] = name
    }
  }

  private func changeAttribute(
    _ node: inout TensorFlowNodeDef, _ other: TensorFlowNodeDef, _ random: inout SeededRandom
  ) {
    let names = [
      "num", "num_split", "axis", "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask",
      "shrink_axis_mask",
      "squeeze_dims", "strides", "dilations", "explicit_paddings", "shape", "value", "batch_dims", "N",
      "equation",
      "padding", "data_format", "T", "f", "then_branch", "DstT", "keep_dims", "shared_name",
    ]
    guard
      let name = random.chance(2)
        ? node.attr.keys.sorted().randomElement(using: &random) : names.randomElement(using: &random)
    else { return }
    var value = TensorFlowAttrValue()
    switch self {
    case .integerAttribute: value.i = Int64(random.integer())
    case .listAttribute: value.list.i = random.integers().map { Int64($0) }
    case .shapeAttribute: value.shape = TensorShape.random(&random)
    default: value = other.attr.values.randomElement(using: &random) ?? value
    }
    node.attr[name] = value
  }

  private func changeConstant(_ node: inout TensorFlowNodeDef, _ random: inout SeededRandom) {
    var tensor = node.attr["value"]?.tensor ?? TensorFlowTensorProto()
    switch self {
    case .constantShape: tensor.tensorShape = TensorShape.random(&random)
    case .constantType:
      tensor.dtype = TensorFlowDataType(rawValue: Int.random(in: 0...24, using: &random))
    case .constantList:
      let numbers = random.integers()
      tensor = TensorFlowTensorProto()
      tensor.dtype = .dtInt64
      tensor.int64Val = numbers.map { Int64($0) }
      tensor.tensorShape.dim = [TensorFlowTensorShapeProto.Dim.with { $0.size = Int64(numbers.count) }]
    default:
      switch Int.random(in: 0..<4, using: &random) {
      case 0: tensor.tensorContent = Data()
      case 1: tensor.tensorContent = tensor.tensorContent.dropLast(1)
      case 2: tensor.floatVal = random.integers().map { Float($0) }
      default: tensor.intVal = random.integers().map { Int32(truncatingIfNeeded: $0) }
      }
    }
    node.attr["value"] = TensorFlowAttrValue.with { $0.tensor = tensor }
  }
}

/// Shapes that no tensor has.
enum TensorShape {
  static func random(_ random: inout SeededRandom) -> TensorFlowTensorShapeProto {
    var shape = TensorFlowTensorShapeProto()
    shape.unknownRank = random.chance(8)
    shape.dim = random.integers().map { size in TensorFlowTensorShapeProto.Dim.with { $0.size = Int64(size) }
    }
    return shape
  }
}
