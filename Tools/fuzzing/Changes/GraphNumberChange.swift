import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes of numbers alone: constants of a TensorFlow graph, small ones above all, and attributes.
enum GraphNumberChange {
  /// Constants of up to so many elements are epsilons, scales, axes and shapes.
  private static let smallCount = 8

  static func several(_ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let functions = graph.library.function.indices
      if let function = functions.randomElement(using: &random), random.chance(2) {
        change(&graph.library.function[function].nodeDef, &random)
      } else {
        change(&graph.node, &random)
      }
    }
  }

  private static func change(_ nodes: inout [TensorFlowNodeDef], _ random: inout SeededRandom) {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: changeAttribute(&nodes, &random)
    case 1: changeConstant(&nodes, &random) { count($0) > smallCount }
    case 2: changeConstant(&nodes, &random) { $0.dtype != .dtFloat && count($0) <= smallCount }
    default: changeConstant(&nodes, &random) { $0.dtype == .dtFloat && count($0) <= smallCount }
    }
  }

  private static func count(_ tensor: TensorFlowTensorProto) -> Int {
    tensor.tensorShape.dim.reduce(1) { $0.multipliedReportingOverflow(by: Int($1.size)).partialValue }
  }

  private static func changeConstant(
    _ nodes: inout [TensorFlowNodeDef], _ random: inout SeededRandom,
    where isMeant: (TensorFlowTensorProto) -> Bool
  ) {
    let places = nodes.indices.filter { index in
      nodes[index].op == "Const" && nodes[index].attr["value"].map { isMeant($0.tensor) } == true
    }
    guard let place = places.randomElement(using: &random), var tensor = nodes[place].attr["value"]?.tensor
    else { return }
    switch tensor.dtype {
    case .dtFloat where tensor.tensorContent.count >= 4 && !random.chance(3):
      tensor.tensorContent.overwriteNumber(&random)
    case .dtFloat:
      // One number stands for all elements.
      (tensor.tensorContent, tensor.floatVal) = (Data(), [random.hostileFloat()])
    case .dtDouble: (tensor.tensorContent, tensor.doubleVal) = (Data(), [Double(random.hostileFloat())])
    case .dtInt64: (tensor.tensorContent, tensor.int64Val) = (Data(), [Int64(random.integer())])
    default:
      (tensor.tensorContent, tensor.intVal) = (Data(), [Int32(truncatingIfNeeded: random.integer())])
    }
    nodes[place].attr["value"] = .with { $0.tensor = tensor }
  }

  private static func changeAttribute(_ nodes: inout [TensorFlowNodeDef], _ random: inout SeededRandom) {
    var places: [(node: Int, name: String, value: TensorFlowAttrValue)] = []
    for node in nodes.indices {
      for (name, value) in nodes[node].attr.sorted(by: { $0.key < $1.key }) {
        switch value.value {
        case .f, .i, .list: places.append((node, name, value))
        default: break
        }
      }
    }
    guard let place = places.randomElement(using: &random) else { return }
    var value = place.value
    switch value.value {
    case .f: value.f = random.hostileFloat()
    case .i: value.i = Int64(random.integer())
    default:
      guard let index = value.list.i.indices.randomElement(using: &random) else { return }
      value.list.i[index] = Int64(random.integer())
    }
    nodes[place.node].attr[place.name] = value
  }
}
