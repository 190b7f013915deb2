package import MAESTTensor
package import MAESTWeights

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// One tensor to be written. Its bytes are requested when they are written, so that only one tensor at a time, or one
/// piece of it, is in memory.
package struct TensorSource {
  /// Receives the bytes piece by piece.
  package typealias Sink = (_ piece: Data) throws -> Void

  package let name: String
  package let shape: [Int]
  let elementType: SafeTensorsElementType
  /// Passes the bytes to `sink`: little-endian, row-major, ``byteCount`` in total.
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

  fileprivate func mismatch(_ found: Int) -> String {
    "tensor \(name) has \(found) bytes, its shape \(shape) needs \(byteCount)"
  }

  /// Returns the same tensor with `observe` called on each piece before it is passed on; an error of `observe` aborts
  /// the writing.
  package func observed(by observe: @escaping (_ piece: Data) throws -> Void) -> TensorSource {
    TensorSource(name: name, shape: shape, elementType: elementType) { [write] sink in
      try write { piece in
        try observe(piece)
        try sink(piece)
      }
    }
  }

  /// Returns all bytes in one piece.
  package func bytes() throws -> Data {
    var bytes = Data()
    try write { piece in bytes.append(piece) }
    return bytes
  }
}

/// Writes safetensors files.
///
/// Tensors start at multiples of 64 bytes, unless `aligned` is false, so that they can be used in place. The format
/// allows no gaps, so alignment is achieved by the header (padded with spaces) and the order: tensors whose size is a
/// multiple of 64 bytes come first. If several others remain, a tensor named `padding.N` of up to 63 bytes is inserted
/// between them.
package enum SafeTensorsWriter {

  /// Writes `tensors` and `metadata` to `path`, through a temporary file in the same folder that is renamed when it is
  /// complete. So the file at `path` is never incomplete, and never one that `check` rejects.
  ///
  /// - Parameters:
  ///   - aligned: whether tensors start at multiples of 64 bytes; otherwise they are in the given order, without
  ///     padding.
  ///   - reservedByteCount: bytes to reserve in the header for the metadata that `check` returns.
  ///   - check: checks the complete file under its temporary name; metadata that it returns are added.
  package static func write(
    _ tensors: [TensorSource], metadata: [String: String], to path: String, aligned: Bool = true,
    reservedByteCount: Int = 0,
    checking check: (_ temporaryPath: String) throws -> [String: String] = { _ in [:] }
  ) throws {
    let layout = Layout(tensors, aligned: aligned)
    let header = try layout.header(metadata, reservedByteCount: reservedByteCount)
    let output = try AtomicFile(path: path)
    do {
      try output.write(header)
      try layout.forEachPiece(output.write)
      let found = try check(output.temporaryPath)
      if !found.isEmpty {
        let metadata = metadata.merging(found) { $1 }
        try output.overwrite(layout.header(metadata, byteCount: header.count), at: 0)
      }
      try output.commit()
    } catch {
      output.discard()
      throw error
    }
  }

  /// Returns the file's bytes as ``write(_:metadata:to:aligned:reservedByteCount:checking:)`` would write them.
  package static func inMemory(
    _ tensors: [TensorSource], metadata: [String: String]
  ) throws -> MappedFile {
    let layout = Layout(tensors, aligned: true)
    let header = try layout.header(metadata)
    return try MappedFile(byteCount: header.count + layout.byteCount) { memory in
      memory.copyBytes(from: header)
      var offset = header.count
      try layout.forEachPiece { piece in
        UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyBytes(from: piece)
        offset += piece.count
      }
    }
  }

  private static func encodedHeader(
    metadata: [String: String], entries: [String: SafeTensorsEntry], reservedByteCount: Int, byteCount: Int?
  ) throws -> Data {
    var header = SafeTensorsHeader(metadata: metadata)
    for (name, entry) in entries {
      header.entries[name] = .init(
        dtype: entry.elementType.rawValue, shape: entry.shape,
        dataOffsets: [entry.dataRange.lowerBound, entry.dataRange.upperBound])
    }
    var json = try SortedJSON.data(header)
    let unpadded = SafeTensorsFile.prefixLength + json.count + reservedByteCount
    let whole = byteCount ?? unpadded + paddingLength(after: unpadded)
    let spaceCount = whole - SafeTensorsFile.prefixLength - json.count
    precondition(spaceCount >= 0, "a header of \(json.count) bytes in room for \(whole)")
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaceCount))
    var bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    bytes.append(json)
    return bytes
  }

  static func paddingLength(after byteCount: Int) -> Int {
    (SafeTensorsLayout.alignment - byteCount % SafeTensorsLayout.alignment) % SafeTensorsLayout.alignment
  }

  /// The offsets of the tensors.
  struct Layout {
    enum Item {
      case tensor(TensorSource)
      case padding(Int)
    }
    var items: [Item] = []
    var entries: [String: SafeTensorsEntry] = [:]
    /// The total size of the tensors and the padding between them in bytes.
    private(set) var byteCount = 0

    init(_ tensors: [TensorSource], aligned: Bool) {
      let fitting = tensors.filter { $0.byteCount % SafeTensorsLayout.alignment == 0 }
      let others = tensors.filter { $0.byteCount % SafeTensorsLayout.alignment != 0 }
      var offset = 0
      var paddingCount = 0
      for tensor in aligned ? fitting + others : tensors {
        let padding = aligned ? paddingLength(after: offset) : 0
        if padding > 0 {
          entries["\(SafeTensorsLayout.paddingPrefix)\(paddingCount)"] = SafeTensorsEntry(
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
      byteCount = offset
    }

    /// The start of the file: the header's length, and the header with its checksum, padded with spaces.
    ///
    /// - Parameters:
    ///   - reservedByteCount: the minimum number of spaces.
    ///   - byteCount: the total size; nil: the smallest size that aligns the tensors.
    func header(
      _ metadata: [String: String], reservedByteCount: Int = 0, byteCount: Int? = nil
    ) throws -> Data {
      var metadata = metadata
      metadata[HeaderChecksum.key] = HeaderChecksum.compute(metadata: metadata, entries: entries)
      return try encodedHeader(
        metadata: metadata, entries: entries, reservedByteCount: reservedByteCount, byteCount: byteCount)
    }

    /// Passes the bytes after the header to `sink`, in order.
    func forEachPiece(_ sink: TensorSource.Sink) throws {
      for item in items {
        switch item {
        case .padding(let count): try sink(Data(count: count))
        case .tensor(let tensor):
          var byteCount = 0
          try tensor.write { piece in
            byteCount += piece.count
            precondition(byteCount <= tensor.byteCount, tensor.mismatch(byteCount))
            try sink(piece)
          }
          precondition(byteCount == tensor.byteCount, tensor.mismatch(byteCount))
        }
      }
    }
  }
}
