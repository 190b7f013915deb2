import Foundation
import MAESTConverter
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// The network's inner values against the original graphs' own nodes, run operation by operation.
@Suite struct AttentionReferenceTests {
  /// A point of the network and the part of the graph that gives it.
  private static let points: [(part: String, tap: @Sendable (Int) -> Tap)] = [
    ("attention", { .attentionWeights(layer: $0, queries: .all) }),
    ("attention output", { .attentionOutput(layer: $0) }),
    ("queries", { .queries(layer: $0) }),
    ("keys", { .keys(layer: $0) }),
    ("values", { .values(layer: $0) }),
  ]

  @Test(arguments: FixtureGraph.allCases) func everyBlockOf(graph: FixtureGraph) throws {
    let explanation = try graph.converted.report.explanation
    let network = try network(graph.converted)
    let configuration = network.configuration
    let compute = try Compute(threadCount: 2)
    let interpreter = try GraphInterpreter(tensorFlowGraphAt: graph.path, compute: compute)
    let patch = patch(configuration)

    for (part, tap) in Self.points {
      let layers = Array(1...configuration.blockCount)
      let nodes = try layers.map { layer in
        let found = try #require(explanation.parts.first { $0.name == "block \(layer), \(part)" })
        return try #require(found.nodes.last)
      }
      let placeholder = try #require(interpreter.graph.nodes.first { $0.operation == "Placeholder" })
      let expected = try interpreter.run(
        inputs: [
          placeholder.name: ConstantTensor(
            floats: patch, shape: [1, configuration.frameCount, configuration.bandCount])
        ],
        outputs: nodes.map { try value($0, in: interpreter.graph) })
      let found = network(
        Matrix(copying: patch, rows: configuration.frameCount, columns: configuration.bandCount),
        taps: Set(layers.map(tap)), on: compute)
      for (layer, expected) in zip(layers, expected) {
        expectClose(
          found[tap(layer)]?.elements ?? [], expected.floats ?? [.nan],
          maximum: part == "attention" ? 1e-5 : .infinity, relativeNorm: 1e-5,
          "\(part) of layer \(layer), \(graph)")
      }
    }
  }

  private func network(_ converted: Converted) throws -> AudioSpectrogramTransformer {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try converted.bytes.write(to: URL(filePath: path))
      return AudioSpectrogramTransformer(try WeightFile(path: path))
    }
  }

  private func value(_ node: String, in graph: Graph) throws -> Value {
    Value(node: try #require(graph.nodes.firstIndex { $0.name == node }, "no node \(node)"))
  }

  private func patch(_ configuration: ModelConfiguration) -> [Float] {
    var random = SeededRandom(seed: 9)
    return (0..<configuration.frameCount * configuration.bandCount).map { _ in random.nextNormal() }
  }
}
