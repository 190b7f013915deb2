import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes the one `GraphDef` of a model.
struct FrozenGraphMutator: StructureMutator {
  private let graph: TensorFlowGraphDef

  init(_ sample: Corpus.Sample) throws {
    graph = try TensorFlowGraphDef(serializedBytes: sample.files[sample.model] ?? Data())
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var graph = graph
    GraphChange.several(&graph, &random)
    sample.files[sample.model] = graph.serializedBytes
  }

  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var graph = graph
    GraphNumberChange.several(&graph, &random)
    sample.files[sample.model] = graph.serializedBytes
  }
}

/// Changes the graph, the signatures or the checkpoint of a SavedModel.
struct SavedModelMutator: StructureMutator {
  private static let graphName = "saved_model.pb"
  private let model: TensorFlowSavedModel
  private let graph: TensorFlowGraphDef
  private let bundle: BundleMutator

  init(_ sample: Corpus.Sample) throws {
    model = try TensorFlowSavedModel(serializedBytes: sample.files[Self.graphName] ?? Data())
    graph = try TensorFlowGraphDef(serializedBytes: model.metaGraphs.first?.graphDef ?? Data())
    bundle = try BundleMutator(sample)
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: changeEnvelope(&sample, &random)
    case 1...3:
      var (model, graph) = (model, graph)
      GraphChange.several(&graph, &random)
      if !model.metaGraphs.isEmpty { model.metaGraphs[0].graphDef = graph.serializedBytes }
      sample.files[Self.graphName] = model.serializedBytes
    default: bundle.change(&sample, &random)
    }
  }

  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var (model, graph) = (model, graph)
    GraphNumberChange.several(&graph, &random)
    if !model.metaGraphs.isEmpty { model.metaGraphs[0].graphDef = graph.serializedBytes }
    sample.files[Self.graphName] = model.serializedBytes
  }

  private func changeEnvelope(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var model = model
    guard !model.metaGraphs.isEmpty else { return }
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      model.metaGraphs += Array(
        repeating: TensorFlowMetaGraphDef(), count: random.count(upTo: 50_000))
    case 1: model.metaGraphs.append(model.metaGraphs[0])
    case 2:
      model.metaGraphs[0].metaInfoDef.tags = Array(
        repeating: "serve", count: Int.random(in: 0...100_000, using: &random))
    case 3: model.metaGraphs[0].signatureDef = [:]
    case 4: model.metaGraphs[0].graphDef = model.metaGraphs[0].graphDef.prefix(random.integer() & 0xffff)
    default:
      for key in model.metaGraphs[0].signatureDef.keys.sorted() {
        for output in model.metaGraphs[0].signatureDef[key]?.outputs.keys.sorted() ?? []
        where random.chance(2) {
          let name = "\(graph.node.randomElement(using: &random)?.name ?? ""):\(random.integer())"
          model.metaGraphs[0].signatureDef[key]?.outputs[output]?.name = name
        }
      }
    }
    sample.files[Self.graphName] = model.serializedBytes
  }
}
