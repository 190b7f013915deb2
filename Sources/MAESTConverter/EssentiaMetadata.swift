import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is used of the `.json` that Essentia publishes beside each graph.
///
/// Only the label names: its tensor shapes are known to be wrong in places and are not looked at.
struct EssentiaMetadata: Decodable {
  /// Label names in output order.
  var classes: [String]

  /// Bytes of the largest file; reading JSON takes many times its size.
  private static let byteLimit = 1 << 20

  static func read(path: String) throws(ConversionError) -> EssentiaMetadata {
    let data: Data
    // A mapped file: pipes and devices without end are refused.
    do { data = try MappedFile(path: path).withUnsafeBytes { Data($0.prefix(byteLimit + 1)) } } catch {
      throw .badMetadata(path: path, reason: error.reason)
    }
    guard data.count <= byteLimit else {
      throw .badMetadata(path: path, reason: "more than \(byteLimit) bytes, it is no metadata of a model")
    }
    do { return try JSONDecoder().decode(EssentiaMetadata.self, from: data) } catch {
      throw .badMetadata(path: path, reason: "it is no JSON object with a list of strings named 'classes'")
    }
  }
}
