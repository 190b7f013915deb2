package import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A safetensors file, memory-mapped and validated; nothing is copied.
///
/// Validation follows the reference implementation (huggingface/safetensors): tensors are contiguous without gaps or
/// overlaps, every product of sizes is checked, and the last tensor ends at the end of the file. The header is limited
/// to 1 MiB (100 MB in the reference), because parsing JSON takes many times its size; the header of a MAEST model has
/// about ten thousand bytes.
package struct SafeTensorsFile: Sendable {
  package let path: String
  package let metadata: [String: String]
  package let entries: [String: SafeTensorsEntry]
  /// Where the data section starts in the file.
  package let dataOffset: Int
  package let file: MappedFile

  package static let headerLimit = 1 << 20
  package static let prefixLength = 8

  /// Maps and validates the file at `path`.
  package init(path: String) throws(WeightError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    try self.init(file, path: path)
  }

  /// Validates a file that is memory-mapped or loaded.
  ///
  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - headerLimit: the maximum size of the header in bytes.
  package init(
    _ file: MappedFile, path: String, headerLimit: Int = SafeTensorsFile.headerLimit
  ) throws(WeightError) {
    let json = try Self.headerBytes(of: file, path: path, headerLimit: headerLimit)
    let header: SafeTensorsHeader
    do { header = try SafeTensorsHeader.decode(json) } catch {
      throw .malformedHeader(path: path, reason: SafeTensorsHeader.reason(error))
    }
    self.path = path
    self.file = file
    metadata = header.metadata
    dataOffset = Self.prefixLength + json.count
    entries = try Self.validated(header, path: path, dataByteCount: file.byteCount - dataOffset)
  }

  /// Converts the elements of a tensor of this file, see ``SafeTensorsElementType/numbers(in:isBigEndian:)``.
  package func numbers(of entry: SafeTensorsEntry) -> [Float] {
    let range = dataOffset + entry.dataRange.lowerBound..<dataOffset + entry.dataRange.upperBound
    return file.withUnsafeBytes { entry.elementType.numbers(in: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  private static func headerBytes(
    of file: MappedFile, path: String, headerLimit: Int
  ) throws(WeightError) -> Data {
    guard file.byteCount >= prefixLength + 2 else {
      throw .tooShort(path: path, byteCount: file.byteCount)
    }
    let length = file.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    let limit = min(headerLimit, file.byteCount - prefixLength)
    guard length >= 2, length <= UInt64(limit) else {
      throw .headerLength(path: path, length: length, limit: limit)
    }
    let bytes = file.withUnsafeBytes { Data($0[prefixLength..<(prefixLength + Int(length))]) }
    guard bytes.first == UInt8(ascii: "{") else {
      throw .malformedHeader(path: path, reason: "it does not start with '{'")
    }
    return bytes
  }

  private static func validated(
    _ header: SafeTensorsHeader, path: String, dataByteCount: Int
  ) throws(WeightError) -> [String: SafeTensorsEntry] {
    var entries: [String: SafeTensorsEntry] = [:]
    for (name, raw) in header.entries {
      entries[name] = try validated(raw, name: name, path: path)
    }
    var end = 0
    let inOrder = entries.sorted {
      ($0.value.dataRange.lowerBound, $0.value.dataRange.upperBound, $0.key)
        < ($1.value.dataRange.lowerBound, $1.value.dataRange.upperBound, $1.key)
    }
    for (name, entry) in inOrder {
      guard entry.dataRange.lowerBound == end else {
        throw .misplacedTensor(path: path, tensor: name, expectedStart: end, found: entry.dataRange)
      }
      end = entry.dataRange.upperBound
    }
    guard end == dataByteCount else {
      throw .wrongFileSize(path: path, expected: end, found: dataByteCount)
    }
    return entries
  }

  private static func validated(
    _ raw: SafeTensorsHeader.RawEntry, name: String, path: String
  ) throws(WeightError) -> SafeTensorsEntry {
    guard let type = SafeTensorsElementType(rawValue: raw.dtype) else {
      throw .unknownElementType(path: path, tensor: name, found: raw.dtype)
    }
    guard raw.dataOffsets.count == 2, raw.dataOffsets[0] >= 0, raw.dataOffsets[0] <= raw.dataOffsets[1] else {
      throw .misplacedTensor(path: path, tensor: name, expectedStart: 0, found: nil)
    }
    let range = raw.dataOffsets[0]..<raw.dataOffsets[1]
    let expected = checkedByteCount(shape: raw.shape, elementType: type)
    guard expected == range.count else {
      throw .wrongTensorSize(path: path, tensor: name, expected: expected, found: range.count)
    }
    return SafeTensorsEntry(elementType: type, shape: raw.shape, dataRange: range)
  }

  /// The byte count of a tensor; nil if a size is negative or the product overflows.
  package static func checkedByteCount(shape: [Int], elementType: SafeTensorsElementType) -> Int? {
    var product = elementType.byteCount
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      product = next
    }
    return product
  }
}
