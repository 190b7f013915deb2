import MAESTCore
public import MAESTFrontEnd

/// Metadata of a file of a track's arrays, including the provenance that makes its values comparable with others.
public struct TrackMetadata: Sendable, Encodable {
  /// The time range of a patch in its track, in seconds.
  public struct Span: Sendable, Hashable, Encodable {
    public let start: Double
    public let end: Double
  }

  /// One array.
  public struct Entry: Sendable, Encodable {
    public let array: TrackArray
    public let elementType: ArrayElementType
    public let shape: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
    }

    public func encode(to encoder: any Encoder) throws {
      try array.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(elementType, forKey: .dtype)
      try container.encode(shape, forKey: .shape)
    }
  }

  /// Version of the engine.
  public let engine: String
  /// Path of the audio file, as given.
  public let path: String
  /// Length in seconds of the file, or of the requested range.
  public let duration: Double
  /// What is missing of the file's sound, and what the mix to one channel loses.
  public let warnings: [AudioWarning]
  /// File name of the graph that the weights were converted from.
  public let model: String
  /// SHA-256 of that graph.
  public let modelSHA256: String
  /// Precision of the encoder blocks; never `auto`.
  public let precision: EngineOptions.Precision
  /// Name and SHA-256 of the separate classification head, if there is one.
  public let head: String?
  public let headSHA256: String?
  /// Number of tokens of a patch, and the size of the token grid, which is frequency-major.
  public let tokenCount: Int
  public let gridFrequencyCount: Int
  public let gridTimeCount: Int
  /// Time ranges of the patches.
  public let patches: [Span]
  /// Label names in output order, if logits are among the arrays.
  public let labels: [String]?
  /// The arrays, in the file's order.
  public let entries: [Entry]

  enum CodingKeys: String, CodingKey {
    case engine, path, duration, model, precision, head, patches, labels, warnings
    case modelSHA256 = "model_sha256"
    case headSHA256 = "head_sha256"
    case tokenCount = "token_count"
    case gridFrequencyCount = "grid_frequency_count"
    case gridTimeCount = "grid_time_count"
    case entries = "arrays"
  }

  /// Encodes the properties, with `arrays` keyed by name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(engine, forKey: .engine)
    try container.encode(path, forKey: .path)
    try container.encode(duration, forKey: .duration)
    if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
    try container.encode(model, forKey: .model)
    try container.encode(modelSHA256, forKey: .modelSHA256)
    try container.encode(precision, forKey: .precision)
    try container.encodeIfPresent(head, forKey: .head)
    try container.encodeIfPresent(headSHA256, forKey: .headSHA256)
    try container.encode(tokenCount, forKey: .tokenCount)
    try container.encode(gridFrequencyCount, forKey: .gridFrequencyCount)
    try container.encode(gridTimeCount, forKey: .gridTimeCount)
    try container.encode(patches, forKey: .patches)
    try container.encodeIfPresent(labels, forKey: .labels)
    let named = Dictionary(entries.map { ($0.array.name, $0) }, uniquingKeysWith: { first, _ in first })
    try container.encode(named, forKey: .entries)
  }
}
