import MAESTFiles
import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The fields used from the `config.json` of a Hugging Face audio spectrogram transformer: values that its tensors do
/// not determine, and the label names.
struct HuggingFaceConfiguration: Decodable {
  var headCount: Int
  var layerNormEpsilon: Double
  var frequencyStride: Int
  var timeStride: Int
  var frameCount: Int
  var bandCount: Int
  var activation: String?
  private var namesByIndex: [String: String]?

  enum CodingKeys: String, CodingKey {
    case headCount = "num_attention_heads"
    case layerNormEpsilon = "layer_norm_eps"
    case frequencyStride = "frequency_stride"
    case timeStride = "time_stride"
    case frameCount = "max_length"
    case bandCount = "num_mel_bins"
    case activation = "hidden_act"
    case namesByIndex = "id2label"
  }

  private static let sizeLimit = 1 << 20
  /// Maximum file size in bytes; parsing JSON takes many times the size of the file.
  private static let byteLimit = 1 << 20

  /// Returns the path of the configuration beside a file: its name with `-config.json`, or `config.json`.
  static func path(besideFileAt path: String) -> String? {
    let file = URL(filePath: path)
    let stem = file.deletingPathExtension().lastPathComponent
    return ["\(stem)-config.json", "config.json"]
      .map { file.deletingLastPathComponent().appendingPathComponent($0).path(percentEncoded: false) }
      .first { PathCalls.exists($0) }
  }

  static func read(path: String) throws(ConversionError) -> HuggingFaceConfiguration {
    let data: Data
    // Map the file: this rejects pipes and endless devices.
    do { data = try MappedFile(path: path).withUnsafeBytes { Data($0.prefix(byteLimit + 1)) } } catch {
      throw .badMetadata(path: path, reason: error.reason)
    }
    guard data.count <= byteLimit else {
      throw .badMetadata(path: path, reason: "more than \(byteLimit) bytes; is it the model's config.json?")
    }
    let configuration: HuggingFaceConfiguration
    do { configuration = try JSONDecoder().decode(HuggingFaceConfiguration.self, from: data) } catch {
      throw .badMetadata(path: path, reason: reason(error))
    }
    try configuration.validate(path: path)
    return configuration
  }

  private func validate(path: String) throws(ConversionError) {
    let sizes: [(CodingKeys, Int)] = [
      (.headCount, headCount), (.frequencyStride, frequencyStride), (.timeStride, timeStride),
      (.frameCount, frameCount), (.bandCount, bandCount),
    ]
    for (key, size) in sizes where !(1...Self.sizeLimit).contains(size) {
      throw .badMetadata(path: path, reason: "\(key.rawValue) is \(size), expected 1 to \(Self.sizeLimit)")
    }
    guard layerNormEpsilon > 0, layerNormEpsilon < 1 else {
      throw .badMetadata(
        path: path, reason: "layer_norm_eps is \(layerNormEpsilon), expected between 0 and 1")
    }
    guard activation ?? "gelu" == "gelu" else {
      throw .badMetadata(path: path, reason: "hidden_act is '\(activation ?? "")'; MAEST has 'gelu'")
    }
  }

  /// Returns the label names in order; nil if their number is not `count`, or if they are placeholders such as
  /// `LABEL_0`.
  func labels(count: Int) -> [String]? {
    guard let namesByIndex, namesByIndex.count == count, count > 0 else { return nil }
    let names = (0..<count).compactMap { namesByIndex["\($0)"] }
    let isPlaceholder = names.enumerated().allSatisfy { $0.element == "LABEL_\($0.offset)" }
    return names.count == count && !isPlaceholder ? names : nil
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "not JSON" }
    switch error {
    case .keyNotFound(let key, _): return "it has no '\(key.stringValue)'; is it the model's config.json?"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
    default: return "it is no JSON object"
    }
  }
}
