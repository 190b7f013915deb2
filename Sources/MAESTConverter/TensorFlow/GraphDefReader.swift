#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a serialised TensorFlow `GraphDef` into a ``Graph`` without calls.
enum GraphDefReader {
  /// Reads the graph in `bytes`, the contents of the file at `path`.
  static func read(_ bytes: Data, path: String) throws(ConversionError) -> Graph {
    try FunctionInliner(definition(bytes, path: path)).inlined()
  }

  /// Returns the names of the nodes outside functions, in file order.
  static func nodeNames(_ bytes: Data, path: String) throws(ConversionError) -> [String] {
    try definition(bytes, path: path).node.map(\.name)
  }

  private static func definition(
    _ bytes: Data, path: String
  ) throws(ConversionError) -> TensorFlowGraphDef {
    let definition: TensorFlowGraphDef
    do { definition = try TensorFlowGraphDef(serializedBytes: bytes) } catch {
      throw .notAGraph(path: path, reason: error.description)
    }
    guard !definition.node.isEmpty, definition.node.allSatisfy({ !$0.op.isEmpty && !$0.name.isEmpty }) else {
      throw .notAGraph(path: path, reason: "it has no nodes with a name and an operation")
    }
    let length = longestName(definition)
    guard length <= nameLimit else {
      throw .notAGraph(path: path, reason: "it has a name of \(length) bytes, allowed are \(nameLimit)")
    }
    return definition
  }

  /// Maximum length of a name in bytes. Names are compared for every call, and a body may be called thousands of times.
  private static let nameLimit = 1024

  private static func longestName(_ definition: TensorFlowGraphDef) -> Int {
    let bodies = [definition.node] + definition.library.function.map(\.nodeDef)
    let ofNodes = bodies.lazy.joined().map { node in
      max(node.name.utf8.count, node.op.utf8.count, node.input.map(\.utf8.count).max() ?? 0)
    }
    let ofFunctions = definition.library.function.lazy.map { function in
      let arguments = function.signature.inputArg + function.signature.outputArg
      let names = [function.signature.name] + arguments.map(\.name) + function.ret.values
      return names.map(\.utf8.count).max() ?? 0
    }
    return max(ofNodes.max() ?? 0, ofFunctions.max() ?? 0)
  }
}

extension Attribute {
  /// Reads an attribute of `node`; see ``ConstantTensor`` for `fillBudget`.
  init(_ value: TensorFlowAttrValue, node: String, fillBudget: inout Int) throws(ConversionError) {
    switch value.value {
    case .i(let number): self = .integer(Int(number))
    case .f(let number): self = .float(number)
    case .b(let flag): self = .boolean(flag)
    case .s(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .type(let type): self = .type(ElementType(type))
    case .shape(let shape): self = .shape(Self.sizes(shape))
    case .tensor(let tensor): self = .tensor(try ConstantTensor(tensor, node: node, fillBudget: &fillBudget))
    case .list(let list): self = list.i.isEmpty ? .other : .integers(list.i.map { Int($0) })
    case .func(let function): self = .string(function.name)
    case .placeholder, nil: self = .other
    }
  }

  private static func sizes(_ shape: TensorFlowTensorShapeProto) -> [Int?]? {
    shape.unknownRank ? nil : shape.dim.map { $0.size < 0 ? nil : Int($0.size) }
  }
}
