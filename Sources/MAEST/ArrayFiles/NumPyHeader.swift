import Foundation

/// The header of an array in NumPy's format.
enum NumPyHeader {
  /// Number of axes that every version of NumPy can read.
  static let mostAxes = 32

  /// Encodes the header of an array in C order (format version 1.0): magic, version and dictionary, padded so that the
  /// elements start at a multiple of 64 bytes.
  ///
  /// - Parameter elementType: NumPy's type name, such as "<f4".
  static func encode(shape: [Int], elementType: String) -> Data {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let fields = "{'descr': '\(elementType)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let unpadded = 10 + fields.utf8.count + 1
    let dictionary = fields + String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    precondition(dictionary.utf8.count <= 0xffff, "a header of \(dictionary.utf8.count) bytes")
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    data.append(contentsOf: [UInt8(dictionary.utf8.count & 0xff), UInt8(dictionary.utf8.count >> 8)])
    return data + Data(dictionary.utf8)
  }

  /// Encodes a text as a complete `.npy` file: an array without axes of dtype `<U`, in UTF-32.
  static func file(text: String) -> Data {
    let scalars = text.unicodeScalars.map(\.value.littleEndian)
    // NumPy never writes strings of length 0, although it can read them.
    let header = encode(shape: [], elementType: "<U\(max(scalars.count, 1))")
    return header + (scalars.isEmpty ? [0] : scalars).withUnsafeBytes { Data($0) }
  }
}
