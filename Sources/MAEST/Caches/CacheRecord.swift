import Foundation
import MAESTTensor
import MAESTWeights

/// What is known of a file in the cache: of what it was made, and what it was like then. It stands beside the file, as
/// `NAME.safetensors.json`; when it was last written is when the file was last used.
package struct CacheRecord: Codable, Sendable, Equatable {
  package enum Kind: String, Codable, Sendable {
    /// A graph's weight file.
    case conversion
    /// A model's weights in the order that some kernels take.
    case packedWeights = "packed weights"
  }

  /// A file that it was made of.
  package struct Source: Codable, Sendable, Equatable {
    package var path: String
    /// What told the content then, without reading it.
    package var identity: String

    /// Nil where there is no such file.
    init?(path: String) {
      guard let identity = FileIdentity(path: path) else { return nil }
      self.path = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
      self.identity = identity.description
    }

    /// Whether the file is there and has not changed since.
    var isUnchanged: Bool { FileIdentity(path: path)?.description == identity }
  }

  package var kind: Kind
  /// File name of the graph or weight file.
  package var model: String
  /// Of packed weights.
  package var precision: String?
  /// The version of what made it; files of other versions are never used again.
  package var maker: String
  /// What it was made of. Packed weights may have several: copies of one weight file.
  package var sources: [Source]
  /// SHA-256 of the weight file that packed weights were made of.
  package var weightsSHA256: String?
  package var byteCount: Int
  package var sha256: String
  /// The file's own, when its SHA-256 was computed.
  package var identity: String

  private enum CodingKeys: String, CodingKey {
    case kind, model, precision, maker, sources, identity, sha256
    case weightsSHA256 = "weights_sha256"
    case byteCount = "byte_count"
  }

  /// Copies of one weight file that are remembered.
  private static let sourceLimit = 16

  /// Adds or renews a source; tells whether that changes the record.
  mutating func add(_ source: Source?) -> Bool {
    guard let source, !sources.contains(source) else { return false }
    sources.removeAll { $0.path == source.path }
    sources = Array((sources + [source]).suffix(Self.sourceLimit))
    return true
  }
}

/// Why a file in the cache cannot be used.
package enum CacheFlaw: Error, Equatable {
  /// Nothing is known of it.
  case noRecord(path: String)
  /// It has another size than it was made with.
  case wrongSize(path: String, found: Int, expected: Int)
  /// It has another content than it was made with; SHA-256 of both.
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
