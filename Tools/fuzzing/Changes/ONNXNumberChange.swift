import Foundation
import MAESTConverter
import MAESTTestSupport

/// Changes of numbers alone: initializers of an ONNX graph, small ones above all, and attributes.
enum ONNXNumberChange {
  /// Tensors of up to so many elements are epsilons, scales, axes and shapes.
  private static let smallCount = 8

  static func apply(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<8, using: &random) {
    case 0...3: changeAttribute(&graph, &random)
    case 4: changeInitializer(&graph, &random) { _ in true }
    default: changeInitializer(&graph, &random) { count($0) <= smallCount }
    }
  }

  private static func count(_ tensor: ONNXTensorProto) -> Int {
    tensor.dims.reduce(1) { $0.multipliedReportingOverflow(by: Int($1)).partialValue }
  }

  private static func changeInitializer(
    _ graph: inout ONNXGraphProto, _ random: inout SeededRandom, where isMeant: (ONNXTensorProto) -> Bool
  ) {
    let places = graph.initializer.indices.filter { isMeant(graph.initializer[$0]) }
    guard let place = places.randomElement(using: &random) else { return }
    change(&graph.initializer[place], &random)
  }

  private static func change(_ tensor: inout ONNXTensorProto, _ random: inout SeededRandom) {
    let count = min(max(count(tensor), 1), smallCount)
    switch tensor.dataType {
    case .float where tensor.rawData.count >= 4: tensor.rawData.overwriteNumber(&random)
    case .float: tensor.floatData = (0..<count).map { _ in random.hostileFloat() }
    case .double:
      tensor.rawData = Data()
      tensor.doubleData = (0..<count).map { _ in Double(random.hostileFloat()) }
    default:
      tensor.rawData = Data()
      tensor.int64Data = (0..<count).map { _ in Int64(random.integer()) }
    }
  }

  private static func changeAttribute(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    let places = graph.node.indices.flatMap { node in
      graph.node[node].attribute.indices.map { (node: node, attribute: $0) }
    }
    guard let (node, index) = places.randomElement(using: &random) else { return }
    var attribute = graph.node[node].attribute[index]
    if var tensor = attribute.t {
      change(&tensor, &random)
      attribute.t = tensor
    } else if !attribute.ints.isEmpty {
      attribute.ints[Int.random(in: 0..<attribute.ints.count, using: &random)] = Int64(random.integer())
    } else {
      attribute.f = random.hostileFloat()
      attribute.i = Int64(random.integer())
    }
    graph.node[node].attribute[index] = attribute
  }
}
