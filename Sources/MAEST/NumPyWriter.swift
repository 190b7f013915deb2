import Foundation
public import MAESTTensor
import MAESTWeights

/// Writes arrays for NumPy.
public enum NumPyWriter {
  /// Writes `tensor` to `path` as `.npy` (format version 1.0, little-endian float32, C order).
  ///
  /// The file appears when it is complete.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let file = try AtomicFile(path: path)
    try file.write(header(shape: tensor.shape))
    try file.write(tensor.elements.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
    try file.commit()
  }

  /// Magic, version, and the dictionary padded so that the elements start at a multiple of 64 bytes.
  private static func header(shape: [Int]) -> Data {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let fields = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    let unpadded = 10 + fields.utf8.count + 1
    let dictionary = fields + String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    data.append(contentsOf: [UInt8(dictionary.utf8.count & 0xff), UInt8(dictionary.utf8.count >> 8)])
    return data + Data(dictionary.utf8)
  }
}
