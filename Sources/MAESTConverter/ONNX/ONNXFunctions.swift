/// Replaces every call of an operator that the model itself defines by the nodes of its definition.
///
/// A definition takes precedence over an ONNX operator of the same name. Values inside a body are renamed for each
/// call, so that calls do not share them (onnx, docs/IR.md, "Model-local functions").
struct ONNXFunctions {
  /// A node with the operator version that it is written for.
  struct VersionedNode {
    var proto: ONNXNodeProto
    var version: Int
  }

  /// The key of an operator.
  private struct Identity: Hashable {
    var domain: String
    var name: String
    var overload: String
  }

  private static let depthLimit = 64
  /// Number of name bytes that count as much as one connection.
  private static let nameWeight = 64
  /// Maximum length of a call's name in the names of its nodes, in characters.
  private static let placeLength = 200

  private let functions: [Identity: ONNXFunctionProto]
  /// Total bytes of the names in each function's body: every call creates names of its own.
  private let nameBytes: [Identity: Int]
  /// Maximum number of nodes and connections in the result.
  private let sizeLimit: Int
  private var size = 0
  private var callCount = 0
  private var nodes: [VersionedNode] = []

  /// Returns the nodes of the model's graph, written for `version`, with all calls inlined.
  static func inlined(
    _ model: ONNXModelProto, version: Int, sizeLimit: Int
  ) throws(ConversionError) -> [VersionedNode] {
    var inliner = try ONNXFunctions(model.functions, sizeLimit: sizeLimit)
    try inliner.add(model.graph.node, version: version, callers: [])
    return inliner.nodes
  }

  private init(_ definitions: [ONNXFunctionProto], sizeLimit: Int) throws(ConversionError) {
    var functions: [Identity: ONNXFunctionProto] = [:]
    for function in definitions {
      let identity = Identity(
        domain: Self.standardized(function.domain), name: function.name, overload: function.overload)
      guard functions.updateValue(function, forKey: identity) == nil else {
        throw .duplicateName(function.name)
      }
    }
    self.functions = functions
    nameBytes = functions.mapValues { function in
      function.node.reduce(0) { sum, node in
        (node.input + node.output).reduce(sum + node.name.utf8.count) { $0 + $1.utf8.count }
      }
    }
    self.sizeLimit = sizeLimit
  }

  /// Returns "" for both names of ONNX's own domain.
  private static func standardized(_ domain: String) -> String {
    ONNXOperation.isStandard(domain) ? "" : domain
  }

  private mutating func add(
    _ protos: [ONNXNodeProto], version: Int, callers: [Identity]
  ) throws(ConversionError) {
    for proto in protos {
      size += 1 + proto.input.count
      guard size <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
      let callee = Identity(
        domain: Self.standardized(proto.domain), name: proto.opType, overload: proto.overload)
      guard let function = functions[callee] else {
        nodes.append(VersionedNode(proto: proto, version: version))
        continue
      }
      guard !callers.contains(callee), callers.count < Self.depthLimit else {
        throw .recursiveCall(function: function.name)
      }
      let imported = function.opsetImport.first { ONNXOperation.isStandard($0.domain) }?.version
      if let imported { try ONNXReader.requireKnown(imported, of: "function \(function.name.prefix(100))") }
      size += (nameBytes[callee] ?? 0) / Self.nameWeight
      guard size <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
      try add(
        try body(of: function, calledBy: proto), version: imported.map { Int($0) } ?? version,
        callers: callers + [callee])
    }
  }

  // MARK: - One call

  /// Returns the nodes of `function` with the value names and attributes of the call.
  private mutating func body(
    of function: ONNXFunctionProto, calledBy call: ONNXNodeProto
  ) throws(ConversionError) -> [ONNXNodeProto] {
    let name = call.name.isEmpty ? call.output.first ?? function.name : call.name
    let place = String(name.suffix(Self.placeLength))
    // Empty names mean omitted inputs or outputs.
    let inputCount = call.input.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
    let outputCount = call.output.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
    guard inputCount <= function.input.count, outputCount <= function.output.count else {
      throw .badOperation(
        node: place, operation: function.name,
        reason: "\(inputCount) inputs and \(outputCount) outputs, its definition has "
          + "\(function.input.count) and \(function.output.count)")
    }
    callCount += 1
    // Unique prefix: it does not occur in the names of files or of other calls.
    let prefix = "\u{1}\(callCount)/"
    var names: [String: String] = [:]
    // An optional input that the call omits has no name in the body either.
    for (index, name) in function.input.enumerated() {
      names[name] = call.input.indices.contains(index) ? call.input[index] : ""
    }
    var results: [ONNXNodeProto] = []
    for (name, result) in zip(function.output, call.output) where !result.isEmpty {
      guard names[name] == nil else {
        // An output that is also an input, or that is returned twice.
        let source = names[name] ?? ""
        var identity = ONNXNodeProto()
        (identity.opType, identity.input, identity.output) = ("Identity", [source], [result])
        results.append(identity)
        continue
      }
      names[name] = result
    }
    let attributes = Self.attributes(of: function, calledBy: call)
    let body = function.node.map { node in
      var node = node
      node.name = "\(place)/\(node.name.isEmpty ? node.output.first ?? node.opType : node.name)"
      node.input = node.input.map { $0.isEmpty ? "" : names[$0] ?? prefix + $0 }
      node.output = node.output.map { $0.isEmpty ? "" : names[$0] ?? prefix + $0 }
      node.attribute = node.attribute.compactMap { Self.resolved($0, attributes) }
      return node
    }
    return body + results
  }

  /// Returns the attributes that a body may refer to: those of the call, otherwise the defaults.
  private static func attributes(
    of function: ONNXFunctionProto, calledBy call: ONNXNodeProto
  ) -> [String: ONNXAttributeProto] {
    (function.attributeProto + call.attribute).reduce(into: [:]) { $0[$1.name] = $1 }
  }

  /// Returns an attribute of a body's node: its own value, or the function attribute that it refers to; nil if the call
  /// does not set it.
  private static func resolved(
    _ attribute: ONNXAttributeProto, _ values: [String: ONNXAttributeProto]
  ) -> ONNXAttributeProto? {
    guard !attribute.refAttrName.isEmpty else { return attribute }
    guard var value = values[attribute.refAttrName] else { return nil }
    value.name = attribute.name
    return value
  }
}
