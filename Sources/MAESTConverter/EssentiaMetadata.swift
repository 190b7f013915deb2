import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The fields used from the `.json` file that Essentia publishes beside each graph.
///
/// Only the label names are read: the tensor shapes in these files are known to be partly wrong.
struct EssentiaMetadata: Decodable {
  /// Label names in output order.
  var classes: [String]

  /// Maximum file size in bytes; parsing JSON takes many times the size of the file.
  private static let byteLimit = 1 << 20

  static func read(path: String) throws(ConversionError) -> EssentiaMetadata {
    let data: Data
    // Map the file: this rejects pipes and endless devices.
    do { data = try MappedFile(path: path).withUnsafeBytes { Data($0.prefix(byteLimit + 1)) } } catch {
      throw .badMetadata(path: path, reason: error.reason)
    }
    guard data.count <= byteLimit else {
      throw .badMetadata(path: path, reason: "more than \(byteLimit) bytes, not the metadata of a model")
    }
    do { return try JSONDecoder().decode(EssentiaMetadata.self, from: data) } catch {
      throw .badMetadata(path: path, reason: "it is no JSON object with a list of strings named 'classes'")
    }
  }
}
