/// What is known of an installed model: kept beside its weight file.
package struct InstallationRecord: Codable, Sendable, Equatable {
  /// A file that was downloaded.
  package struct Source: Codable, Sendable, Equatable {
    package var name: String
    package var url: String
    package var byteCount: Int
    /// SHA-256 of what came.
    package var sha256: String
    /// Whether it was compared with a SHA-256 known beforehand; otherwise it is only the one that came.
    package var isConfirmed: Bool
  }

  package var model: String
  package var graph: Source
  package var metadata: Source
  package var weightByteCount: Int
  package var weightSHA256: String
  package var converterVersion: String
  package var licence: String
  /// Whether graph and metadata lie in the folder, too.
  package var keepsGraph: Bool
}
