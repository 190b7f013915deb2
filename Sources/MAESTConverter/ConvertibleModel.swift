package import MAESTFiles
package import MAESTWeights

/// A model as it was found in a file of any format, ready to be written as a weight file.
package struct ConvertibleModel {
  package var configuration: ModelConfiguration
  /// The parameters of the manifest, in its order; their bytes are made when they are asked for.
  package var parameters: [TensorSource]
  /// The graph that the model was found in; nil where the file holds tensors only.
  package var graph: Graph?
  /// What each addressable output is.
  package var outputs: [String: OutputRole]
  /// Where in `graph` each of the network's outputs is, addressable or not.
  package var values: [OutputRole: Value] = [:]
  /// Name of the input; "none" where the file has no graph.
  package var inputName: String
  /// Label names, where the file or one that belongs to it has them.
  package var labels: [String]?
  /// Form of the source: "TensorFlow frozen graph" and the like.
  package var format: String
  /// SHA-256 of the source.
  package var digest = ""
  /// Sizes of the source, for people.
  package var summary: String
  /// What was found where.
  package var explanation: ConversionExplanation
  /// Constants or tensors that the network does not depend on.
  package var unusedConstants: [String] { explanation.unusedConstants }
  /// Assumptions that the user should know of.
  package var notices: [String] = []
}
