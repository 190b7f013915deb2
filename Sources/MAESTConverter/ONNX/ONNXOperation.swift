/// One node of an ONNX graph, with typed access to its attributes and inputs.
struct ONNXOperation {
  let proto: ONNXNodeProto
  /// nil: an omitted optional input.
  let inputs: [Value?]
  private let attributes: [String: ONNXAttributeProto]

  init(_ proto: ONNXNodeProto, inputs: [Value?]) {
    self.proto = proto
    self.inputs = inputs
    attributes = Dictionary(proto.attribute.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The operator's name, prefixed with its domain unless that is ONNX's own.
  var qualifiedType: String { (isStandard ? "" : proto.domain + ".") + proto.opType }

  /// Whether this is one of ONNX's own operators.
  var isStandard: Bool { Self.isStandard(proto.domain) }

  static func isStandard(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  /// Name for messages; ONNX requires names for outputs, not for nodes.
  var name: String { proto.name.isEmpty ? proto.output.first ?? "" : proto.name }
  var outputCount: Int { proto.output.count }

  func input(_ index: Int) throws(ConversionError) -> Value {
    guard let value = optionalInput(index) else { throw failure("input \(index) is missing") }
    return value
  }

  func optionalInput(_ index: Int) -> Value? { inputs.indices.contains(index) ? inputs[index] : nil }

  func has(_ attribute: String) -> Bool { attributes[attribute] != nil }

  func integer(_ attribute: String, default value: Int) -> Int {
    attributes[attribute].map { Int($0.i) } ?? value
  }

  func float(_ attribute: String, default value: Float) -> Float { attributes[attribute]?.f ?? value }

  func floats(_ attribute: String) -> [Float]? { attributes[attribute].map(\.floats) }

  func integers(_ attribute: String) -> [Int]? { attributes[attribute].map { $0.ints.map { Int($0) } } }

  func string(_ attribute: String) -> String? {
    attributes[attribute].map { String(decoding: $0.s, as: UTF8.self) }
  }

  func tensor(_ attribute: String) -> ONNXTensorProto? { attributes[attribute]?.t }

  /// Returns the axis `value` of `rank` axes; a negative value counts from the end.
  func axis(_ value: Int, rank: Int) throws(ConversionError) -> Int {
    guard value >= -rank, value < rank else { throw failure("axis \(value) of \(rank)") }
    return value < 0 ? value + rank : value
  }

  func failure(_ reason: String) -> ConversionError {
    .badOperation(node: name, operation: proto.opType, reason: reason)
  }
}
