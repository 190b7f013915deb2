import MAESTFrontEnd
import MAESTNetwork
import MAESTTensor

// Keys are the names used in array files: "layer07.blockOutput", "layer07.blockOutput.cls-dist-mean".

extension Analysis: Codable {
  private enum CodingKeys: String, CodingKey {
    case patches, labels, duration, warnings
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      patches: try container.decode([PatchAnalysis].self, forKey: .patches),
      labels: try container.decode([String].self, forKey: .labels),
      duration: try container.decode(Double.self, forKey: .duration),
      warnings: try container.decodeIfPresent([AudioWarning].self, forKey: .warnings) ?? [])
  }

  /// Writes `{"patches": [...], "labels": [...], "duration": seconds, "warnings": [...]}`, without `warnings` if there
  /// are none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(patches, forKey: .patches)
    try container.encode(labels, forKey: .labels)
    try container.encode(duration, forKey: .duration)
    if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
  }
}

extension PatchAnalysis: Codable {
  private enum CodingKeys: String, CodingKey {
    case patch, values, activations, embeddings
  }

  /// Decodes the output of ``encode(to:)``.
  ///
  /// - Throws: `DecodingError` for a name that is neither a tap nor an embedding.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var output = NetworkOutput()
    for (name, tensor) in try container.decode([String: Tensor].self, forKey: .values) {
      guard let tap = Tap(arrayName: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .values, in: container, debugDescription: "'\(name)' is not a point of the network")
      }
      output.values[tap] = tensor
    }
    output.activations = try container.decodeIfPresent(Tensor.self, forKey: .activations)
    var embeddings: [EmbeddingKind: Tensor] = [:]
    for (name, tensor) in try container.decode([String: Tensor].self, forKey: .embeddings) {
      guard let kind = EmbeddingKind(name: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .embeddings, in: container, debugDescription: "'\(name)' is not the name of an embedding")
      }
      embeddings[kind] = tensor
    }
    self.init(
      patch: try container.decode(Patch.self, forKey: .patch), output: output, embeddings: embeddings)
  }

  /// Writes `{"patch": {...}, "values": {NAME: tensor}, "activations": tensor, "embeddings": {NAME: tensor}}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(patch, forKey: .patch)
    try container.encode(named(output.values, \.arrayName), forKey: .values)
    try container.encodeIfPresent(output.activations, forKey: .activations)
    try container.encode(named(embeddings, \.name), forKey: .embeddings)
  }

  private func named<Key>(_ values: [Key: Tensor], _ name: (Key) -> String) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: values.map { (name($0.key), $0.value) })
  }
}

extension EmbeddingKind: Decodable {
  /// Decodes the output of ``encode(to:)``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let layer = try container.decodeIfPresent(Int.self, forKey: .layer)
    let point = try container.decode(String.self, forKey: .point)
    let source: Source
    switch (point, layer) {
    case ("finalNorm", nil): source = .finalNorm
    case ("blockOutput", let layer?): source = .blockOutput(layer: layer)
    case ("attentionOutput", let layer?): source = .attentionOutput(layer: layer)
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .point, in: container,
        debugDescription: "no embedding is made of '\(point)' of layer \(layer.map(String.init) ?? "none")")
    }
    let windows = try container.decode(String.self, forKey: .overWindows)
    guard windows == "none" || WindowAggregation(rawValue: windows) != nil else {
      throw DecodingError.dataCorruptedError(
        forKey: .overWindows, in: container, debugDescription: "'\(windows)': none, mean or max was expected")
    }
    self.init(
      source, try container.decode(Pooling.self, forKey: .pooling),
      normalization: try container.decode(Normalization.self, forKey: .normalization),
      overWindows: WindowAggregation(rawValue: windows))
  }
}
