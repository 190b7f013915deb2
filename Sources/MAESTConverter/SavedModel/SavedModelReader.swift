import MAESTFiles
import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a TensorFlow SavedModel, a folder with `saved_model.pb` and `variables/`, into a ``Graph``.
///
/// The outputs keep their names in the graph: `StatefulPartitionedCall:0`, `:1` and so on, in the alphabetical order of
/// the signature's outputs.
struct SavedModelReader {
  static let format = "TensorFlow SavedModel"
  static let graphName = "saved_model.pb"
  private static let checkpointName = "variables/variables"
  private static let signatureName = "serving_default"

  private let folder: String

  init(folder: String) { self.folder = folder }

  private var graphPath: String { folder + "/" + Self.graphName }
  private var checkpointPrefix: String { folder + "/" + Self.checkpointName }

  /// Returns the files of the model, relative to its folder, in alphabetical order.
  static func files(inFolder folder: String) -> [String] {
    let variables = PathCalls.names(inFolder: folder + "/variables") ?? []
    return [graphName] + variables.filter { $0.hasPrefix("variables.") }.sorted().map { "variables/" + $0 }
  }

  /// Returns the part of the graph that the signature's outputs depend on, with variables replaced by constants.
  func read() throws(ConversionError) -> Graph {
    let definition = try metaGraph()
    let graph = try GraphDefReader.read(definition.graphDef, path: graphPath)
    let outputs = try outputs(of: definition, in: graph)
    guard VariableResolver.isNeeded(for: graph) else { return graph.pruned(to: graph.needed(for: outputs)) }
    let resolver = try VariableResolver(graph, checkpoint: TensorBundle(prefix: checkpointPrefix))
    var (resolved, count) = try resolver.resolved(for: outputs)
    resolved.summary += ", \(count) reads of variables"
    return resolved
  }

  /// Returns the graph for inference: the one tagged `serve`, or the only one.
  private func metaGraph() throws(ConversionError) -> TensorFlowMetaGraphDef {
    let model: TensorFlowSavedModel
    let bytes = try SourceReader.data(of: graphPath)
    do { model = try TensorFlowSavedModel(serializedBytes: bytes) } catch {
      throw damaged(error.description)
    }
    let serving = model.metaGraphs.filter { $0.metaInfoDef.tags.contains("serve") }
    let candidates = serving.isEmpty ? model.metaGraphs : serving
    guard let first = candidates.first, candidates.count == 1 else {
      throw damaged("\(candidates.count) graphs for serving, expected 1")
    }
    return first
  }

  /// Returns the values of the signature's outputs in `graph`.
  private func outputs(
    of definition: TensorFlowMetaGraphDef, in graph: Graph
  ) throws(ConversionError) -> [Value] {
    let signatures = definition.signatureDef.filter { !$0.value.outputs.isEmpty && !$0.key.hasPrefix("__") }
    let chosen = signatures[Self.signatureName] ?? (signatures.count == 1 ? signatures.first?.value : nil)
    guard let chosen else {
      let names = signatures.keys.sorted().joined(separator: ", ")
      throw damaged("no signature '\(Self.signatureName)'; its signatures: \(names.isEmpty ? "none" : names)")
    }
    var values: [Value] = []
    for (output, info) in chosen.outputs.sorted(by: { $0.key < $1.key }) {
      guard let value = value(info.name, in: graph) else {
        throw .danglingReference(node: "signature output \(output)", reference: info.name)
      }
      values.append(value)
    }
    return values
  }

  /// Returns the value that a tensor name "node:output" denotes.
  private func value(_ name: String, in graph: Graph) -> Value? {
    if let value = graph.addressable[name] { return value }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let output = UInt16(parts[1]),
      let value = graph.addressable[String(parts[0])]
    else { return nil }
    return Value(node: value.node, output: Int(output))
  }

  private func damaged(_ reason: String) -> ConversionError {
    .damaged(path: graphPath, format: Self.format, reason: reason)
  }
}
