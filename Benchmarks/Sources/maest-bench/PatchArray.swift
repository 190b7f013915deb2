import Foundation
import MAEST

/// Mel patches of a model.
struct PatchArray {
  /// One element for each patch: `[frame, band]`, row-major.
  let patches: [[Float]]

  /// Reads `[patch, frame, band]` or `[frame, band]`: `.npy` of little-endian float32 in C order, or a file of any
  /// other name with nothing but such numbers.
  init(contentsOfFile path: String, for configuration: ModelConfiguration) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    let start = path.hasSuffix(".npy") ? try Self.elementOffset(data, path: path) : 0
    let size = configuration.frameCount * configuration.bandCount
    let count = (data.count - start) / MemoryLayout<Float>.size
    guard count > 0, count % size == 0, (data.count - start) % MemoryLayout<Float>.size == 0 else {
      throw BenchError.wrongArraySize(
        path: path, found: count, frameCount: configuration.frameCount, bandCount: configuration.bandCount)
    }
    let elements = data.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let bits = bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
    patches = stride(from: 0, to: count, by: size).map { Array(elements[$0..<$0 + size]) }
  }

  /// Seeded noise with the deviation of normalised mel bands, about 0.5.
  init(noiseFor configuration: ModelConfiguration, count: Int) {
    let size = configuration.frameCount * configuration.bandCount
    patches = (0..<count).map { noise(size, seed: UInt64($0)).map { 0.9 * $0 } }
  }

  /// Where the numbers begin.
  private static func elementOffset(_ data: Data, path: String) throws(BenchError) -> Int {
    guard data.count > 12, data.prefix(6) == Data([0x93]) + Data("NUMPY".utf8) else {
      throw .unreadableArray(path: path, reason: "no .npy file")
    }
    // Version 1 has the header's length in two bytes, later ones in four.
    let lengthSize = data[6] == 1 ? 2 : 4
    let length = (0..<lengthSize).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
    let start = 8 + lengthSize + length
    guard start <= data.count else { throw .unreadableArray(path: path, reason: "the header is cut off") }
    let header = String(decoding: data[(8 + lengthSize)..<start], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("'fortran_order': False") else {
      throw .unreadableArray(
        path: path, reason: "found \(header.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return start
  }
}
