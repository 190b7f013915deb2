/// Everything a weight file says about its model besides the weights.
public struct ModelDescription: Sendable, Equatable {
  /// Sizes and constants.
  public var configuration: ModelConfiguration
  /// Label names in output order; as many as `configuration.labelCount`.
  public var labels: [String]
  /// Name of the source graph's input; nil where the source had no graph.
  public var inputName: String?
  /// What each addressable output of the source graph is, by its name there.
  public var outputs: [String: OutputRole]
  /// How mel bands are normalised before they enter the network.
  public var normalization: InputNormalization
  /// Where the weights come from.
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

/// What an output node of a graph gives.
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

/// Where a weight file's numbers come from.
public struct Provenance: Sendable, Equatable {
  /// File name of the graph that was converted.
  public var sourceName: String
  /// SHA-256 of that file, lower-case hexadecimal.
  public var sourceSHA256: String
  /// Form of the source: "TensorFlow frozen graph" and the like.
  public var sourceFormat: String
  /// Where the label names come from.
  public var labelSource: String
  /// Version of the converter.
  public var converterVersion: String
  /// Whether the weights were compared with that graph.
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
