import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Puts a part of an ONNX model somewhere else: weights into a file beside it, nodes into a function.
enum ONNXFormChange {
  private static let dataName = "model.onnx.data"
  private static let locations = [
    "../secret", "/dev/zero", "/etc/hostname", "", ".", "..", "a/../../b", "gone.data", "a\u{0}b",
    String(repeating: "x/", count: 5000),
  ]

  /// Moves initializers into another file; the entries that tell where they lie are right in most cases.
  static func moveWeights(
    of graph: inout ONNXGraphProto, to sample: inout Corpus.Sample, _ random: inout SeededRandom
  ) {
    var data = Data()
    let damage = random.chance(2)
    for index in graph.initializer.indices where !graph.initializer[index].rawData.isEmpty {
      guard !random.chance(5) else { continue }
      let content = graph.initializer[index].rawData
      var entries = [
        "location": dataName, "offset": "\(data.count)", "length": "\(content.count)", "checksum": "none",
      ]
      if damage, random.chance(6) { change(&entries, &random) }
      graph.initializer[index].rawData = Data()
      graph.initializer[index].dataLocation = .external
      graph.initializer[index].externalData = entries.sorted { $0.key < $1.key }.map { key, value in
        .with { ($0.key, $0.value) = (key, value) }
      }
      data += content
    }
    if damage, random.chance(4) { data = data.prefix(Int.random(in: 0...data.count, using: &random)) }
    sample.files[dataName] = data
  }

  private static func change(_ entries: inout [String: String], _ random: inout SeededRandom) {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: entries["location"] = locations.randomElement(using: &random)
    case 1: entries["offset"] = ["", "-1", "1e3", "\(random.integer())"].randomElement(using: &random)
    case 2: entries["length"] = ["", "-1", "0x10", "\(random.integer())"].randomElement(using: &random)
    default: entries[["location", "offset", "length"].randomElement(using: &random) ?? ""] = nil
    }
  }

  /// Makes a function of some nodes behind each other and a call in their place; now and then one that calls
  /// itself, or that does not fit its call.
  static func encloseNodes(of model: inout ONNXModelProto, _ random: inout SeededRandom) {
    guard !model.graph.node.isEmpty else { return }
    let start = Int.random(in: 0..<model.graph.node.count, using: &random)
    let count = Int.random(in: 1...min(30, model.graph.node.count - start), using: &random)
    let range = start..<(start + count)
    var function = ONNXFunctionProto()
    (function.name, function.domain) = ("Part\(model.functions.count)", random.chance(8) ? "" : "own")
    function.node = Array(model.graph.node[range])
    let given = Set(function.node.flatMap(\.output))
    function.input = Set(function.node.flatMap(\.input)).subtracting(given).subtracting([""]).sorted()
    function.output = given.sorted()
    function.opsetImport = model.opsetImport
    var call = ONNXNodeProto()
    (call.opType, call.domain) = (function.name, function.domain)
    (call.input, call.output) = (function.input, function.output)
    moveAttribute(of: &function, to: &call, &random)
    switch Int.random(in: 0..<16, using: &random) {
    case 0: function.node.append(call)
    case 1: call.input.removeAll()
    case 2: call.input += call.input
    case 3: function.output.removeAll()
    case 4: function.input += function.input
    case 5: model.functions.append(function)
    case 6: function.opsetImport = [.with { $0.version = Int64(random.integer()) }]
    case 7: function.output = function.input
    default: break
    }
    model.functions.append(function)
    model.graph.node.replaceSubrange(range, with: random.chance(16) ? [call, call] : [call])
  }

  /// Lets the call give an attribute of a node in the body; now and then nothing gives it.
  private static func moveAttribute(
    of function: inout ONNXFunctionProto, to call: inout ONNXNodeProto, _ random: inout SeededRandom
  ) {
    let places = function.node.indices.filter { !function.node[$0].attribute.isEmpty }
    guard let place = places.randomElement(using: &random) else { return }
    var value = function.node[place].attribute[0]
    let reference = ONNXAttributeProto.with { ($0.name, $0.refAttrName) = (value.name, "given") }
    function.node[place].attribute[0] = reference
    value.name = "given"
    switch Int.random(in: 0..<3, using: &random) {
    case 0: function.attributeProto.append(value)
    case 1: call.attribute.append(value)
    default: function.attribute = ["given"]
    }
  }
}
