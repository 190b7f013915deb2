package import MAESTFiles
package import MAESTWeights

/// A model read from a file of any supported format, ready to be written as a weight file.
package struct ConvertibleModel {
  package var configuration: ModelConfiguration
  /// The parameters of the manifest, in its order; their bytes are computed on demand.
  package var parameters: [TensorSource]
  /// The graph in which the model was found; nil if the file holds only tensors.
  package var graph: Graph?
  /// The role of each addressable output.
  package var outputs: [String: OutputRole]
  /// The value in `graph` of each of the network's outputs, addressable or not.
  package var values: [OutputRole: Value] = [:]
  /// Name of the input; "none" if the file has no graph.
  package var inputName: String
  /// Label names, if the file or its companion file has them.
  package var labels: [String]?
  /// Format of the source, such as "TensorFlow frozen graph".
  package var format: String
  /// SHA-256 of the source.
  package var digest = ""
  /// Sizes of the source, in human-readable form.
  package var summary: String
  /// What was recognised, and where in the source.
  package var explanation: ConversionExplanation
  /// Constants or tensors that the network does not depend on.
  package var unusedConstants: [String] { explanation.unusedConstants }
  /// Assumptions that the user should know about.
  package var notices: [String] = []
}
