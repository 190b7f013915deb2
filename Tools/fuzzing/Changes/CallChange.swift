import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes of a graph's functions and of who calls them.
enum CallChange {
  static func apply(_ change: GraphChange, _ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    if graph.library.function.isEmpty || random.chance(4) { wrap(&graph, &random) }
    guard let place = graph.library.function.indices.randomElement(using: &random) else { return }
    let name = graph.library.function[place].signature.name
    switch change {
    case .callItself: call(name, in: &graph.library.function[place].nodeDef, &random)
    case .callEachOther:
      let other = graph.library.function.indices.randomElement(using: &random) ?? place
      let otherName = graph.library.function[other].signature.name
      call(otherName, in: &graph.library.function[place].nodeDef, &random)
      call(name, in: &graph.library.function[other].nodeDef, &random)
    case .callTwice: callInTurn(&graph, depth: Int.random(in: 2...70, using: &random), calls: 2)
    case .callDeeply: callInTurn(&graph, depth: Int.random(in: 2...2000, using: &random), calls: 1)
    case .branches: call(name, in: &graph.node, &random, branches: true)
    default: changeSignature(&graph.library.function[place], &random)
    }
  }

  /// Lets a node call `function` instead of what it does.
  private static func call(
    _ function: String, in nodes: inout [TensorFlowNodeDef], _ random: inout SeededRandom,
    branches: Bool = false
  ) {
    guard let place = nodes.indices.randomElement(using: &random) else { return }
    let reference = TensorFlowAttrValue.with { $0.func.name = function }
    if branches {
      nodes[place].op = random.chance(2) ? "If" : "StatelessIf"
      nodes[place].attr = ["then_branch": reference, "else_branch": reference]
    } else if random.chance(2) {
      nodes[place].op = function
    } else {
      nodes[place].op = "PartitionedCall"
      nodes[place].attr = ["f": reference]
    }
  }

  /// Moves the operation of a node into a function.
  private static func wrap(_ graph: inout TensorFlowGraphDef, _ random: inout SeededRandom) {
    guard let place = graph.node.indices.randomElement(using: &random) else { return }
    let original = graph.node[place]
    let name = "wrapped \(graph.library.function.count)"
    var function = TensorFlowFunctionDef()
    function.signature.name = name
    let inputs = original.input.filter { !$0.hasPrefix("^") }
    function.signature.inputArg = inputs.indices.map { index in .with { $0.name = "x\(index)" } }
    function.signature.outputArg = [.with { $0.name = "y" }]
    function.ret = ["y": "body:output:0"]
    var body = original
    (body.name, body.input) = ("body", inputs.indices.map { "x\($0)" })
    function.nodeDef = [body]
    graph.library.function.append(function)
    graph.node[place].op = "PartitionedCall"
    graph.node[place].input = inputs
    graph.node[place].attr = ["f": .with { $0.func.name = name }]
  }

  /// Functions each of which calls the next one, `calls` times: calls^depth in all.
  private static func callInTurn(_ graph: inout TensorFlowGraphDef, depth: Int, calls: Int) {
    let functions = (0...depth).map { level in
      function("level \(level)", calls: level < depth ? calls : 0, of: "level \(level + 1)")
    }
    graph.library.function += functions
    graph.node.append(.with { ($0.name, $0.op) = ("~calls", "level 0") })
  }

  private static func function(_ name: String, calls: Int, of other: String) -> TensorFlowFunctionDef {
    var function = TensorFlowFunctionDef()
    function.signature.name = name
    function.nodeDef = (0..<calls).map { index in .with { ($0.name, $0.op) = ("call \(index)", other) } }
    return function
  }

  private static func changeSignature(_ function: inout TensorFlowFunctionDef, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: function.signature.inputArg = Array(function.signature.inputArg.dropLast())
    case 1: function.signature.outputArg += function.signature.outputArg
    case 2: function.signature.name = "gone"
    case 3:
      function.ret = function.ret.mapValues { _ in function.nodeDef.randomElement(using: &random)?.name ?? ""
      }
    default: function.ret = [:]
    }
  }
}
