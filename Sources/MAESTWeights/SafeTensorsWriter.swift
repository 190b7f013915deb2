#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// One float32 tensor to be written: its bytes are asked for when it is its turn, so that only one tensor at a
/// time has to be in memory.
package struct TensorSource {
  package let name: String
  package let shape: [Int]
  /// Little-endian float32, row-major; `4 * product(shape)` bytes.
  package let bytes: () throws -> Data

  package init(name: String, shape: [Int], bytes: @escaping () throws -> Data) {
    self.name = name
    self.shape = shape
    self.bytes = bytes
  }

  var byteCount: Int { shape.reduce(4, *) }
}

/// Writes safetensors files whose tensors start at multiples of 64 bytes.
///
/// The format allows no holes, so alignment comes from the header (padded with spaces) and from the order:
/// tensors whose size is a multiple of 64 bytes come first. Where several others remain, a tensor named
/// `padding.N` of up to 63 bytes goes between them.
package enum SafeTensorsWriter {
  static let alignment = 64
  static let paddingPrefix = "padding."

  /// Writes `tensors` and `metadata` to `path`: through a temporary file in the same folder that is renamed
  /// when it is complete, so that no half-written file ever stands at `path`, and none that `check` refuses.
  package static func write(
    _ tensors: [TensorSource], metadata: [String: String], to path: String,
    checking check: (_ temporaryPath: String) throws -> Void = { _ in }
  ) throws {
    let layout = Layout(tensors)
    var metadata = metadata
    metadata[HeaderChecksum.key] = HeaderChecksum.compute(metadata: metadata, entries: layout.entries)
    let header = try encodedHeader(metadata: metadata, entries: layout.entries)
    let output = try AtomicFile(path: path)
    do {
      try output.write(header)
      for item in layout.items {
        switch item {
        case .padding(let count): try output.write(Data(count: count))
        case .tensor(let tensor):
          let bytes = try tensor.bytes()
          precondition(
            bytes.count == tensor.byteCount,
            "tensor \(tensor.name) has \(bytes.count) bytes, its shape \(tensor.shape) needs \(tensor.byteCount)"
          )
          try output.write(bytes)
        }
      }
      try output.commit(checking: check)
    } catch {
      output.discard()
      throw error
    }
  }

  private static func encodedHeader(
    metadata: [String: String], entries: [String: SafeTensorsEntry]
  ) throws -> Data {
    var header = SafeTensorsHeader(metadata: metadata)
    for (name, entry) in entries {
      header.entries[name] = .init(
        dtype: entry.elementType.rawValue, shape: entry.shape,
        dataOffsets: [entry.dataRange.lowerBound, entry.dataRange.upperBound])
    }
    var json = try header.encoded()
    let unpadded = SafeTensorsFile.prefixLength + json.count
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: paddingLength(after: unpadded)))
    var bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    bytes.append(json)
    return bytes
  }

  static func paddingLength(after byteCount: Int) -> Int {
    (alignment - byteCount % alignment) % alignment
  }

  /// Where each tensor goes.
  struct Layout {
    enum Item {
      case tensor(TensorSource)
      case padding(Int)
    }
    var items: [Item] = []
    var entries: [String: SafeTensorsEntry] = [:]

    init(_ tensors: [TensorSource]) {
      let aligned = tensors.filter { $0.byteCount % alignment == 0 }
      let others = tensors.filter { $0.byteCount % alignment != 0 }
      var offset = 0
      var paddingCount = 0
      for tensor in aligned + others {
        let padding = paddingLength(after: offset)
        if padding > 0 {
          entries["\(paddingPrefix)\(paddingCount)"] = SafeTensorsEntry(
            elementType: .unsignedInteger8, shape: [padding], dataRange: offset..<(offset + padding))
          items.append(.padding(padding))
          paddingCount += 1
          offset += padding
        }
        entries[tensor.name] = SafeTensorsEntry(
          elementType: .float32, shape: tensor.shape, dataRange: offset..<(offset + tensor.byteCount))
        items.append(.tensor(tensor))
        offset += tensor.byteCount
      }
    }
  }
}

/// A checksum over everything a header says, so that a damaged one is refused rather than believed.
package enum HeaderChecksum {
  package static let key = "maest.header.sha256"

  /// SHA-256 over the metadata (without the checksum itself) and the table of tensors, in sorted order.
  package static func compute(metadata: [String: String], entries: [String: SafeTensorsEntry]) -> String {
    var lines: [String] = []
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != Self.key {
      lines.append("\(key.utf8.count) \(key) \(value.utf8.count) \(value)")
    }
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name) \(entry.elementType.rawValue) \(entry.shape) \(entry.dataRange)")
    }
    return SHA256Digest.hash(lines.joined(separator: "\n"))
  }
}
