import MAESTWeights

/// A MAEST model found in a graph.
struct RecognizedModel {
  var configuration: ModelConfiguration
  /// Name of the graph's input.
  var inputName: String
  /// The parameters of the manifest, in its order.
  var parameters: [(parameter: Parameter, expression: WeightExpression)]
  /// The role of each addressable value of the graph that is one of the network's outputs.
  var outputs: [String: OutputRole]
  /// The value in the graph of each of the network's outputs, addressable or not.
  var values: [OutputRole: Value]
  var explanation: ConversionExplanation
}
