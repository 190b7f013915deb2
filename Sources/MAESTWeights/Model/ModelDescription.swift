/// A model's description in a weight file: everything except the weights.
public struct ModelDescription: Sendable, Equatable {
  /// Sizes and constants.
  public var configuration: ModelConfiguration
  /// Label names in output order; their number is `configuration.labelCount`.
  public var labels: [String]
  /// Name of the source graph's input; nil if the source had no graph.
  public var inputName: String?
  /// The role of each output of the source graph, by output name.
  public var outputs: [String: OutputRole]
  /// The normalisation of mel bands before they enter the network.
  public var normalization: InputNormalization
  /// The origin of the weights.
  public var provenance: Provenance

  public init(
    configuration: ModelConfiguration, labels: [String], inputName: String? = nil,
    outputs: [String: OutputRole], normalization: InputNormalization, provenance: Provenance
  ) {
    self.configuration = configuration
    self.labels = labels
    self.inputName = inputName
    self.outputs = outputs
    self.normalization = normalization
    self.provenance = provenance
  }
}

/// The role of an output node of a graph.
public enum OutputRole: Sendable, Hashable {
  /// `[batch, label]`, before the sigmoid.
  case logits
  /// `[batch, label]`, sigmoid of the logits.
  case activations
  /// `[batch, token, embedding]`: the output of encoder block `layer`, counted from 1, before any final norm.
  case layer(Int)
}

extension OutputRole: CustomStringConvertible, LosslessStringConvertible {
  public var description: String {
    switch self {
    case .logits: "logits"
    case .activations: "activations"
    case .layer(let number): "layer \(number)"
    }
  }

  public init?(_ description: String) {
    switch description {
    case "logits": self = .logits
    case "activations": self = .activations
    default:
      guard description.hasPrefix("layer "), let number = Int(description.dropFirst(6)), number > 0 else {
        return nil
      }
      self = .layer(number)
    }
  }
}

/// Normalisation of log-compressed mel bands: `(x - mean) / (2 · standardDeviation)`.
public struct InputNormalization: Sendable, Equatable {
  public var mean: Double
  public var standardDeviation: Double

  public init(mean: Double, standardDeviation: Double) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The statistics of MAEST's training set, used by every official model
  /// (Essentia: TensorflowPredictMAEST, `UnaryOperator` shift and scale).
  public static let discogs = InputNormalization(mean: 2.06755686098554, standardDeviation: 1.268292820667291)
}

/// The origin of a weight file.
public struct Provenance: Sendable, Equatable {
  /// File name of the graph that was converted.
  public var sourceName: String
  /// SHA-256 of that file, lower-case hexadecimal.
  public var sourceSHA256: String
  /// Format of the source, such as "TensorFlow frozen graph".
  public var sourceFormat: String
  /// The origin of the label names.
  public var labelSource: String
  /// Version of the converter.
  public var converterVersion: String
  /// Whether the weights were verified against that graph.
  public var verification: VerificationStatus

  public init(
    sourceName: String, sourceSHA256: String, sourceFormat: String, labelSource: String,
    converterVersion: String, verification: VerificationStatus = .unknown
  ) {
    self.sourceName = sourceName
    self.sourceSHA256 = sourceSHA256
    self.sourceFormat = sourceFormat
    self.labelSource = labelSource
    self.converterVersion = converterVersion
    self.verification = verification
  }
}

extension ModelDescription: CustomDebugStringConvertible {
  /// "discogs-maest-30s-pw-2.pb: 12 blocks of width 768, 400 labels".
  public var debugDescription: String {
    "\(provenance.sourceName): \(configuration.blockCount) blocks of width \(configuration.embeddingWidth), "
      + "\(labels.count) labels"
  }
}
