/// Describes how a model was installed; stored beside its weight file.
package struct InstallationRecord: Codable, Sendable, Equatable {
  /// A file that was downloaded.
  package struct Source: Codable, Sendable, Equatable {
    package var name: String
    package var url: String
    package var byteCount: Int
    /// SHA-256 of the downloaded file.
    package var sha256: String
    /// Whether `sha256` was compared with a known value; otherwise it was only computed from the download.
    package var isConfirmed: Bool
  }

  package var model: String
  package var graph: Source
  package var metadata: Source
  package var weightByteCount: Int
  package var weightSHA256: String
  package var converterVersion: String
  package var licence: String
  /// Whether the graph and its metadata were kept beside the weight file.
  package var keepsGraph: Bool
}
