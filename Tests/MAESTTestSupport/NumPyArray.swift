import Foundation

/// An array read from a `.npy` file.
public struct NumPyArray: Sendable {
  public let shape: [Int]
  /// Row-major.
  public let elements: [Float]

  public struct FormatError: Error {
    public let path: String
    public let reason: String
  }

  /// Reads little-endian float32, float64, int32 or int64 in C order (format versions 1 and 2).
  public init(contentsOfFile path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    guard data.count > 12, data.prefix(6) == Data([0x93]) + Data("NUMPY".utf8) else {
      throw FormatError(path: path, reason: "no .npy file")
    }
    let isVersion1 = data[6] == 1
    let lengthSize = isVersion1 ? 2 : 4
    let length = (0..<lengthSize).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
    let start = 8 + lengthSize + length
    let header = String(decoding: data[(8 + lengthSize)..<start], as: UTF8.self)
    guard header.contains("'fortran_order': False"), let open = header.firstIndex(of: "("),
      let close = header.firstIndex(of: ")"),
      let type = ["<f4", "<f8", "<i4", "<i8"].first(where: { header.contains("'\($0)'") })
    else { throw FormatError(path: path, reason: "unsupported header \(header)") }
    shape = header[header.index(after: open)..<close].split(separator: ",")
      .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    let count = shape.reduce(1, *)
    let size = type.hasSuffix("8") ? 8 : 4
    guard data.count - start == count * size else {
      throw FormatError(path: path, reason: "\(data.count - start) bytes for \(count) elements of \(type)")
    }
    elements = Data(data[start...]).withUnsafeBytes { bytes in
      (0..<count).map { index in
        switch type {
        case "<f4": bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        case "<f8": Float(bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
        case "<i4": Float(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        default: Float(bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
        }
      }
    }
  }
}
