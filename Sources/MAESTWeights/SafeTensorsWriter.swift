#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// One tensor to be written: its bytes are asked for when it is its turn, so that only one tensor at a time, or one
/// piece of it, has to be in memory.
package struct TensorSource {
  /// Takes the bytes piece by piece.
  package typealias Sink = (_ piece: Data) throws -> Void

  package let name: String
  package let shape: [Int]
  let elementType: SafeTensorsElementType
  /// Passes the bytes on: little-endian, row-major, ``byteCount`` of them.
  let write: (_ sink: Sink) throws -> Void

  /// A float32 tensor whose bytes come in one piece.
  package init(name: String, shape: [Int], bytes: @escaping () throws -> Data) {
    self.init(name: name, shape: shape, elementType: .float32) { sink in try sink(try bytes()) }
  }

  /// A tensor whose bytes come in any number of pieces.
  package init(
    name: String, shape: [Int], elementType: SafeTensorsElementType,
    writing write: @escaping (_ sink: Sink) throws -> Void
  ) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
    self.write = write
  }

  var byteCount: Int { shape.reduce(elementType.byteCount, *) }

  /// All bytes in one piece.
  package func bytes() throws -> Data {
    var bytes = Data()
    try write { piece in bytes.append(piece) }
    return bytes
  }
}

/// Writes safetensors files.
///
/// Tensors start at multiples of 64 bytes, unless `aligned` is false, so that they can be used where they lie. The
/// format allows no holes, so alignment comes from the header (padded with spaces) and from the order: tensors whose size is a multiple of 64 bytes come first. Where several others remain, a tensor named
/// `padding.N` of up to 63 bytes goes between them.
package enum SafeTensorsWriter {
  package static let alignment = 64
  static let paddingPrefix = "padding."

  /// Writes `tensors` and `metadata` to `path`: through a temporary file in the same folder that is renamed
  /// when it is complete, so that no half-written file ever stands at `path`, and none that `check` refuses.
  ///
  /// - Parameter aligned: whether tensors start at multiples of 64 bytes; otherwise they lie in the order given, and
  ///   there is no padding.
  package static func write(
    _ tensors: [TensorSource], metadata: [String: String], to path: String, aligned: Bool = true,
    checking check: (_ temporaryPath: String) throws -> Void = { _ in }
  ) throws {
    let layout = Layout(tensors, aligned: aligned)
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
          try write(tensor, to: output)
        }
      }
      try output.commit(checking: check)
    } catch {
      output.discard()
      throw error
    }
  }

  private static func write(_ tensor: TensorSource, to output: AtomicFile) throws {
    var byteCount = 0
    try tensor.write { piece in
      byteCount += piece.count
      try output.write(piece)
    }
    precondition(
      byteCount == tensor.byteCount,
      "tensor \(tensor.name) has \(byteCount) bytes, its shape \(tensor.shape) needs \(tensor.byteCount)")
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

    init(_ tensors: [TensorSource], aligned: Bool) {
      let fitting = tensors.filter { $0.byteCount % alignment == 0 }
      let others = tensors.filter { $0.byteCount % alignment != 0 }
      var offset = 0
      var paddingCount = 0
      for tensor in aligned ? fitting + others : tensors {
        let padding = aligned ? paddingLength(after: offset) : 0
        if padding > 0 {
          entries["\(paddingPrefix)\(paddingCount)"] = SafeTensorsEntry(
            elementType: .unsignedInteger8, shape: [padding], dataRange: offset..<(offset + padding))
          items.append(.padding(padding))
          paddingCount += 1
          offset += padding
        }
        entries[tensor.name] = SafeTensorsEntry(
          elementType: tensor.elementType, shape: tensor.shape,
          dataRange: offset..<(offset + tensor.byteCount))
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
