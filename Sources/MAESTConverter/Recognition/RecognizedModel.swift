import MAESTWeights

/// MAEST, found in a graph.
struct RecognizedModel {
  var configuration: ModelConfiguration
  /// Name of the graph's input.
  var inputName: String
  /// The parameters of the manifest, in its order.
  var parameters: [(parameter: Parameter, expression: WeightExpression)]
  /// What each addressable value of the graph is, as far as it is one of the network's outputs.
  var outputs: [String: OutputRole]
  /// Where in the graph each of the network's outputs is, addressable or not.
  var values: [OutputRole: Value]
  var explanation: ConversionExplanation
}
