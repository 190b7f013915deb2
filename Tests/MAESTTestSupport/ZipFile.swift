import CZip
import Foundation

/// A zip file, read by libzip.
public struct ZipFile {
  public struct Entry {
    public let name: String
    public let data: Data
    public let isCompressed: Bool
  }

  public struct FormatError: Error {
    public let path: String
    public let reason: String
  }

  /// In the file's order.
  public let entries: [Entry]

  public init(contentsOfFile path: String) throws {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
      throw FormatError(path: path, reason: "error \(code) of zip_open")
    }
    defer { zip_discard(archive) }
    entries = try (0..<zip_get_num_entries(archive, 0)).map { index in
      var status = zip_stat_t()
      guard zip_stat_index(archive, UInt64(index), 0, &status) == 0,
        let file = zip_fopen_index(archive, UInt64(index), 0)
      else { throw FormatError(path: path, reason: String(cString: zip_strerror(archive))) }
      defer { zip_fclose(file) }
      var data = Data(count: Int(status.size))
      let count = data.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { zip_fread(file, $0, status.size) } ?? 0
      }
      guard count == data.count else {
        throw FormatError(path: path, reason: "\(count) bytes of \(status.size) in entry \(index)")
      }
      return Entry(
        name: String(cString: status.name), data: data, isCompressed: status.comp_method != ZIP_CM_STORE)
    }
  }

  /// The bytes of an entry; nil where there is none of this name.
  public subscript(name: String) -> Data? { entries.first { $0.name == name }?.data }
}
