import Foundation

/// What stands before the elements of an array in NumPy's format.
enum NumPyHeader {
  /// Axes that every version of NumPy reads.
  static let mostAxes = 32

  /// The header of an array in C order (format version 1.0): magic, version, and the dictionary, padded so that the
  /// elements start at a multiple of 64 bytes.
  ///
  /// - Parameter elementType: as NumPy names it: "<f4".
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

  /// A text as a whole `.npy` file: an array of no axes, dtype `<U`, in UTF-32.
  static func file(text: String) -> Data {
    let scalars = text.unicodeScalars.map(\.value.littleEndian)
    // NumPy reads strings of no characters, but does not write them.
    let header = encode(shape: [], elementType: "<U\(max(scalars.count, 1))")
    return header + (scalars.isEmpty ? [0] : scalars).withUnsafeBytes { Data($0) }
  }
}
