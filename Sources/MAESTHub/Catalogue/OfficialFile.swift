/// A file that the authors of MAEST publish.
package struct OfficialFile: Codable, Sendable, Hashable {
  /// Path relative to the catalogue's base URL, with slashes.
  package let path: String
  /// Size in bytes, if known.
  package let byteCount: Int?
  /// SHA-256 in lower-case hexadecimal, if known.
  package let sha256: String?

  package init(path: String, byteCount: Int? = nil, sha256: String? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  /// The last part of the path.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The file's address below `baseURL`.
  package func address(below baseURL: String) -> String {
    baseURL.hasSuffix("/") ? baseURL + path : baseURL + "/" + path
  }
}
