import Foundation
import MAESTTensor
import MAESTWeights

/// Describes a file in the cache: what it was made from, its size and its SHA-256. Stored beside the file as
/// `NAME.safetensors.json`; the record's modification time is the time of the file's last use.
package struct CacheRecord: Codable, Sendable, Equatable {
  package enum Kind: String, Codable, Sendable {
    /// A graph's weight file.
    case conversion
    /// A model's weights in the packed layout of some kernels.
    case packedWeights = "packed weights"
  }

  /// A file that the cache file was made from.
  package struct Source: Codable, Sendable, Equatable {
    package var path: String
    /// The source's file identity at that time, which detects changes without reading the file.
    package var identity: String

    /// Returns nil if the file does not exist.
    init?(path: String) {
      guard let identity = FileIdentity(path: path) else { return nil }
      self.path = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
      self.identity = identity.description
    }

    /// Whether the file exists and has not changed since.
    var isUnchanged: Bool { FileIdentity(path: path)?.description == identity }
  }

  package var kind: Kind
  /// File name of the graph or weight file.
  package var model: String
  /// Precision of packed weights.
  package var precision: String?
  /// Version of the code that made the file; files of other versions are never used.
  package var maker: String
  /// The files that it was made from. Packed weights may have several: copies of the same weight file.
  package var sources: [Source]
  /// SHA-256 of the weight file that packed weights were made from.
  package var weightsSHA256: String?
  package var byteCount: Int
  package var sha256: String
  /// The cache file's identity when its SHA-256 was computed.
  package var identity: String

  private enum CodingKeys: String, CodingKey {
    case kind, model, precision, maker, sources, identity, sha256
    case weightsSHA256 = "weights_sha256"
    case byteCount = "byte_count"
  }

  /// Largest number of sources kept for one cache file.
  private static let sourceLimit = 16

  /// Adds or updates a source; returns whether the record has changed.
  mutating func add(_ source: Source?) -> Bool {
    guard let source, !sources.contains(source) else { return false }
    sources.removeAll { $0.path == source.path }
    sources = Array((sources + [source]).suffix(Self.sourceLimit))
    return true
  }
}

/// Reasons why a file in the cache cannot be used.
package enum CacheFlaw: Error, Equatable {
  /// There is no record beside the file.
  case noRecord(path: String)
  /// The file's size differs from the recorded size.
  case wrongSize(path: String, found: Int, expected: Int)
  /// The file's SHA-256 differs from the recorded one.
  case wrongContent(path: String, found: String, expected: String)
}

extension CacheFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noRecord(let path): "\(path): there is no record beside it of what it was made of"
    case .wrongSize(let path, let found, let expected):
      "\(path): it has \(found) bytes, \(expected) were written: it is damaged"
    case .wrongContent(let path, let found, let expected):
      "\(path): its SHA-256 is \(found), \(expected) was written: it is damaged"
    }
  }
}
