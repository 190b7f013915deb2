#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The description of a model as safetensors metadata: one string entry for each fact.
package enum ModelMetadata {
  static let version = "1"
  static let versionKey = "maest.version"
  static let inputNameKey = "input.name"
  static let outputPrefix = "output:"

  /// Encodes `description` as metadata entries.
  package static func encode(_ description: ModelDescription) throws -> [String: String] {
    let configuration = description.configuration
    var facts = [
      versionKey: version,
      "frame_count": "\(configuration.frameCount)",
      "band_count": "\(configuration.bandCount)",
      "convolution.kernel_bands": "\(configuration.convolution.kernelBands)",
      "convolution.kernel_frames": "\(configuration.convolution.kernelFrames)",
      "convolution.band_stride": "\(configuration.convolution.bandStride)",
      "convolution.frame_stride": "\(configuration.convolution.frameStride)",
      "embedding_width": "\(configuration.embeddingWidth)",
      "block_count": "\(configuration.blockCount)",
      "head_count": "\(configuration.headCount)",
      "head_width": "\(configuration.headWidth)",
      "attention_scale": "\(configuration.attentionScale)",
      "feed_forward_width": "\(configuration.feedForwardWidth)",
      "block_norm_epsilon": "\(configuration.blockNormEpsilon)",
      "label_count": "\(configuration.labelCount)",
      "normalization.mean": "\(description.normalization.mean)",
      "normalization.standard_deviation": "\(description.normalization.standardDeviation)",
      "source.name": description.provenance.sourceName,
      "source.sha256": description.provenance.sourceSHA256,
      "source.format": description.provenance.sourceFormat,
      "labels.source": description.provenance.labelSource,
      "converter.version": description.provenance.converterVersion,
      "labels": String(decoding: try JSONEncoder().encode(description.labels), as: UTF8.self),
    ]
    if let head = configuration.head {
      facts["final_norm_epsilon"] = "\(head.finalNormEpsilon)"
      facts["head_norm_epsilon"] = head.normEpsilon.map { "\($0)" } ?? "none"
    }
    facts[inputNameKey] = description.inputName
    facts.merge(description.provenance.verification.facts) { $1 }
    for (name, role) in description.outputs { facts[outputPrefix + name] = "\(role)" }
    return facts
  }

  /// Decodes the description in `metadata`.
  static func decode(_ metadata: [String: String], path: String) throws(WeightError) -> ModelDescription {
    let facts = Facts(path: path, metadata: metadata)
    let found = try facts.text(versionKey)
    guard found == version else {
      throw .unsupportedVersion(path: path, found: found, supported: version)
    }
    let configuration = try decodeConfiguration(facts)
    let normalization = InputNormalization(
      mean: try facts.number("normalization.mean"),
      standardDeviation: try facts.positive("normalization.standard_deviation"))
    do {
      try configuration.validate()
      try normalization.validate()
    } catch {
      throw .badFact(path: path, key: error.fact, found: error.found, expected: error.expected)
    }
    return ModelDescription(
      configuration: configuration,
      labels: try facts.labels(count: configuration.labelCount),
      inputName: metadata[inputNameKey],
      outputs: try decodeOutputs(facts, blockCount: configuration.blockCount),
      normalization: normalization,
      provenance: Provenance(
        sourceName: try facts.text("source.name"),
        sourceSHA256: try facts.text("source.sha256"),
        sourceFormat: try facts.text("source.format"),
        labelSource: try facts.text("labels.source"),
        converterVersion: try facts.text("converter.version"),
        verification: try VerificationStatus(metadata, path: path)))
  }

  private static func decodeConfiguration(_ facts: Facts) throws(WeightError) -> ModelConfiguration {
    ModelConfiguration(
      frameCount: try facts.count("frame_count"),
      bandCount: try facts.count("band_count"),
      convolution: ConvolutionGeometry(
        kernelBands: try facts.count("convolution.kernel_bands"),
        kernelFrames: try facts.count("convolution.kernel_frames"),
        bandStride: try facts.count("convolution.band_stride"),
        frameStride: try facts.count("convolution.frame_stride")),
      embeddingWidth: try facts.count("embedding_width"),
      blockCount: try facts.count("block_count", limit: ModelConfiguration.blockLimit),
      headCount: try facts.count("head_count"),
      headWidth: try facts.count("head_width"),
      attentionScale: try facts.positive("attention_scale"),
      feedForwardWidth: try facts.count("feed_forward_width"),
      blockNormEpsilon: try facts.positive("block_norm_epsilon"),
      head: try decodeHead(facts))
  }

  private static func decodeHead(_ facts: Facts) throws(WeightError) -> HeadConfiguration? {
    guard try facts.text("label_count") != "0" else { return nil }
    return HeadConfiguration(
      labelCount: try facts.count("label_count"),
      finalNormEpsilon: try facts.positive("final_norm_epsilon"),
      normEpsilon: try facts.text("head_norm_epsilon") == "none"
        ? nil : try facts.positive("head_norm_epsilon"))
  }

  private static func decodeOutputs(
    _ facts: Facts, blockCount: Int
  ) throws(WeightError) -> [String: OutputRole] {
    var outputs: [String: OutputRole] = [:]
    for (key, value) in facts.metadata where key.hasPrefix(outputPrefix) {
      guard let role = OutputRole(value), role.layer ?? 1 <= blockCount else {
        throw .badFact(
          path: facts.path, key: key, found: value,
          expected: "logits, activations or layer N, N from 1 to \(blockCount)")
      }
      outputs[String(key.dropFirst(outputPrefix.count))] = role
    }
    return outputs
  }
}

extension OutputRole {
  /// The layer number of a layer output; nil for other roles.
  fileprivate var layer: Int? {
    if case .layer(let number) = self { number } else { nil }
  }
}

/// Typed access to metadata entries.
private struct Facts {
  let path: String
  let metadata: [String: String]

  func text(_ key: String) throws(WeightError) -> String {
    guard let value = metadata[key] else {
      throw .badFact(path: path, key: key, found: nil, expected: "a value")
    }
    return value
  }

  func count(_ key: String, limit: Int = ModelConfiguration.sizeLimit) throws(WeightError) -> Int {
    let value = try text(key)
    guard let number = Int(value), number > 0, number <= limit else {
      throw .badFact(path: path, key: key, found: value, expected: "a number from 1 to \(limit)")
    }
    return number
  }

  func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(
    _ key: String
  ) throws(WeightError) -> Number {
    let value = try text(key)
    guard let number = Number(value), number.isFinite else {
      throw .badFact(path: path, key: key, found: value, expected: "a finite number")
    }
    return number
  }

  func positive<Number: BinaryFloatingPoint & LosslessStringConvertible>(
    _ key: String
  ) throws(WeightError) -> Number {
    let value: Number = try number(key)
    guard value > 0 else {
      throw .badFact(path: path, key: key, found: metadata[key], expected: "a positive number")
    }
    return value
  }

  func labels(count: Int) throws(WeightError) -> [String] {
    let json = try text("labels")
    let labels = try? JSONDecoder().decode([String].self, from: Data(json.utf8))
    guard let labels, labels.count == count else {
      throw .badFact(
        path: path, key: "labels", found: labels.map { "\($0.count) names" } ?? "no JSON list",
        expected: "\(count) names")
    }
    return labels
  }
}
