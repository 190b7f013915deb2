import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes that make a graph large, or ask for large results.
enum GrowthChange {
  static func apply(_ change: GraphChange, _ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    guard
      let place = graph.node.indices.filter({ !graph.node[$0].input.isEmpty }).randomElement(using: &random),
      let input = graph.node[place].input.indices.randomElement(using: &random)
    else { return }
    var builder = Builder(graph: graph)
    let source = graph.node[place].input[input]
    let count =
      random.chance(8)
      ? Int.random(in: 1000...40_000, using: &random) : Int.random(in: 1...300, using: &random)
    let result = make(change, of: source, count: count, &builder, &random)
    graph = builder.graph
    graph.node[place].input[input] = result
  }

  /// Adds nodes that depend on `source`; returns the name of the last one.
  private static func make(
    _ change: GraphChange, of source: String, count: Int, _ builder: inout Builder,
    _ random: inout SeededRandom
  ) -> String {
    switch change {
    case .chain: return chain(of: source, count: count, &builder, &random)
    case .copies:
      let original = builder.graph.node.filter { ["Sigmoid", "Softmax", "Erf"].contains($0.op) }
        .randomElement(using: &random)
      var last = source
      for _ in 0..<count { last = builder.add(original?.op ?? "Sigmoid", original?.input ?? [source]) }
      return random.chance(2) ? last : source
    case .manyParts:
      let axis = builder.list([0], scalar: true)
      let size = builder.list([1024])
      for _ in 0..<count {
        let parts = builder.add("Split", [axis, builder.add("Fill", [size, axis])])
        builder.graph.node[builder.graph.node.count - 1].attr["num_split"] = .with { $0.i = 1024 }
        if random.chance(1000) { return parts }
      }
      return source
    case .growingRank:
      let axis = builder.list([0], scalar: true)
      return (0..<count).reduce(source) { name, _ in builder.add("ExpandDims", [name, axis]) }
    case .doubling:
      let operation = ["ConcatV2", "Add", "Pack", "MatMul", "Mul"].randomElement(using: &random) ?? "Add"
      let axis = builder.list([0], scalar: true)
      let start = random.chance(2) ? source : builder.add("Fill", [builder.list([70, 70]), axis])
      return (0..<count).reduce(start) { name, _ in
        builder.add(operation, operation == "ConcatV2" ? [name, name, axis] : [name, name])
      }
    case .hugeResult: return hugeResult(&builder, &random)
    default:
      // A parameter that is made of much, wherever it is used.
      let large = builder.add(
        "Fill", [builder.list([1 << Int.random(in: 10...21, using: &random)]), builder.number(1)])
      let worked = (0..<min(count, 60)).reduce(large) { name, _ in builder.add("Neg", [name]) }
      return builder.add("Mul", [source, builder.add("Mean", [worked, builder.list([0])])])
    }
  }

  private static func chain(
    of source: String, count: Int, _ builder: inout Builder, _ random: inout SeededRandom
  ) -> String {
    let one = builder.number(1)
    let all = builder.list([-1])
    let steps: [(String, [String])] = [
      ("Identity", []), ("Mul", [one]), ("Neg", []), ("Reshape", [all]), ("Squeeze", []), ("Softmax", []),
      ("Erf", []),
      ("Sigmoid", []), ("AddV2", [source]),
    ]
    let step = steps.randomElement(using: &random) ?? steps[0]
    return (0..<count).reduce(source) { name, _ in builder.add(step.0, [name] + step.1) }
  }

  private static func hugeResult(_ builder: inout Builder, _ random: inout SeededRandom) -> String {
    let sizes = builder.list(random.integers())
    let number = builder.number(1)
    let zero = builder.list([0], scalar: true)
    let limit = builder.list([random.integer()], scalar: true)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return builder.add("Fill", [sizes, number])
    case 1: return builder.add("BroadcastTo", [number, sizes])
    case 2: return builder.add("Tile", [builder.add("Reshape", [number, builder.list([1, 1])]), sizes])
    case 3: return builder.add("Range", [zero, limit, builder.list([1], scalar: true)])
    case 4: return builder.add("SparseToDense", [sizes, sizes, number, number])
    default: return builder.add("Reshape", [builder.add("Fill", [builder.list([0]), number]), sizes])
    }
  }
}

/// Adds nodes with new names.
struct Builder {
  var graph: TensorFlowGraphDef
  private var next = 0

  init(graph: TensorFlowGraphDef) { self.graph = graph }

  mutating func add(_ operation: String, _ inputs: [String]) -> String {
    next += 1
    let name = "~\(next)"
    graph.node.append(.with { ($0.name, $0.op, $0.input) = (name, operation, inputs) })
    return name
  }

  mutating func constant(_ tensor: TensorFlowTensorProto) -> String {
    let name = add("Const", [])
    graph.node[graph.node.count - 1].attr = ["value": .with { $0.tensor = tensor }]
    return name
  }

  mutating func number(_ value: Float) -> String {
    constant(.with { ($0.dtype, $0.floatVal) = (.dtFloat, [value]) })
  }

  mutating func list(_ values: [Int], scalar: Bool = false) -> String {
    constant(
      .with { tensor in
        tensor.dtype = .dtInt64
        tensor.int64Val = values.map { Int64($0) }
        if !scalar { tensor.tensorShape.dim = [.with { $0.size = Int64(values.count) }] }
      })
  }
}
