/// A file that the authors of MAEST publish.
package struct OfficialFile: Codable, Sendable, Hashable {
  /// Where it lies below the catalogue's base URL, with slashes.
  package let path: String
  /// Its size, where it is known.
  package let byteCount: Int?
  /// SHA-256, lower-case hexadecimal, where it is known.
  package let sha256: String?

  package init(path: String, byteCount: Int? = nil, sha256: String? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  /// The last part of the path.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The file's address on a server whose models begin at `baseURL`.
  package func address(below baseURL: String) -> String {
    baseURL.hasSuffix("/") ? baseURL + path : baseURL + "/" + path
  }
}
