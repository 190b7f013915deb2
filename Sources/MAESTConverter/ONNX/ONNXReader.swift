#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Reads an ONNX model into a ``Graph`` of TensorFlow operations. The outputs keep their names.
package enum ONNXReader {
  static let format = "ONNX model"

  /// Reads the model in `bytes` (the contents of the file at `path`) and the files beside it that hold its weights.
  static func read(_ bytes: Data, path: String) throws(ConversionError) -> Graph {
    try read(bytes, path: path, external: ONNXExternalData(besideFileAt: path))
  }

  private static func read(
    _ bytes: Data, path: String, external: ONNXExternalData
  ) throws(ConversionError) -> Graph {
    let model = try decoded(bytes, path: path)
    guard !model.graph.node.isEmpty, !model.graph.output.isEmpty else {
      throw .damaged(path: path, format: format, reason: "it has no graph with nodes and outputs")
    }
    let versions = model.opsetImport.filter { ONNXOperation.isStandard($0.domain) }.map(\.version)
    guard let version = versions.first else {
      throw .damaged(
        path: path, format: format, reason: "it does not say which version of the operators it uses")
    }
    try requireKnown(version, of: "the model")
    var translator = ONNXTranslator(operatorVersion: Int(version), external: external)
    return try translator.translate(model)
  }

  /// Decodes the model in `bytes`, the contents of the file at `path`.
  static func decoded(_ bytes: Data, path: String) throws(ConversionError) -> ONNXModelProto {
    do { return try ONNXModelProto(serializedBytes: bytes) } catch {
      throw .damaged(path: path, format: format, reason: error.description)
    }
  }

  /// Supported versions of ONNX's operators.
  private static let versions: ClosedRange<Int64> = 11...25

  /// Checks that the operator version of the model, or of one of its functions, is supported.
  static func requireKnown(_ version: Int64, of what: String) throws(ConversionError) {
    guard versions.contains(version) else {
      throw .unrecognized(
        place: "operators", node: what, found: "operator set \(version)",
        expected:
          "a set from \(versions.lowerBound) to \(versions.upperBound): export the model with one of these")
    }
  }

  /// Returns shape and elements, by name, of the model's outputs that do not depend on its inputs. Used to test the
  /// translation of single operators.
  package static func constantOutputs(
    _ bytes: Data
  ) throws(ConversionError) -> [String: (shape: [Int], numbers: [Double])] {
    let graph = try read(bytes, path: "model", external: ONNXExternalData(besideFileAt: nil))
    let folded = FoldedGraph(graph)
    var outputs: [String: (shape: [Int], numbers: [Double])] = [:]
    for (name, value) in graph.addressable {
      guard let tensor = folded.constant(value) else { continue }
      let numbers = tensor.floats?.map { Double($0) } ?? tensor.integers?.map { Double($0) }
      outputs[name] = (tensor.shape, numbers ?? tensor.booleans?.map { $0 ? 1 : 0 } ?? [])
    }
    return outputs
  }
}
