import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A TensorFlow checkpoint: an index `PREFIX.index` and data files `PREFIX.data-NNNNN-of-NNNNN`.
///
/// (tensorflow/core/util/tensor_bundle/tensor_bundle.h.)
struct TensorBundle {
  /// Path of the files without their extensions.
  let prefix: String
  private let entries: [String: TensorFlowBundleEntryProto]
  private let shardCount: Int

  private static let objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH"
  private static let indexByteLimit = 1 << 28

  /// Reads the index.
  init(prefix: String) throws(ConversionError) {
    self.prefix = prefix
    let path = prefix + ".index"
    var entries: [String: TensorFlowBundleEntryProto] = [:]
    var header = TensorFlowBundleHeaderProto()
    for (key, value) in try SortedStringTable.entries(of: Self.indexBytes(path), path: path) {
      do {
        if key.isEmpty {
          header = try TensorFlowBundleHeaderProto(serializedBytes: Data(value))
        } else {
          let name = String(decoding: key, as: UTF8.self)
          entries[name] = try TensorFlowBundleEntryProto(serializedBytes: Data(value))
        }
      } catch {
        throw .damaged(path: path, format: Self.format, reason: "an entry: \(error.description)")
      }
    }
    guard header.numShards > 0, header.endianness == .little else {
      throw .damaged(
        path: path, format: Self.format,
        reason: "it does not say how many data files it has, or is big-endian")
    }
    self.entries = entries
    shardCount = Int(header.numShards)
    try requireNoOverlap()
  }

  /// Checks that no two tensors overlap, so that all of them together are no larger than the data files.
  private func requireNoOverlap() throws(ConversionError) {
    var end: (shard: Int32, offset: Int64) = (0, 0)
    let inOrder = entries.filter { $0.value.size > 0 }.sorted {
      ($0.value.shardID, $0.value.offset, $0.key) < ($1.value.shardID, $1.value.offset, $1.key)
    }
    for (key, entry) in inOrder {
      let (next, overflow) = entry.offset.addingReportingOverflow(entry.size)
      guard !overflow, entry.shardID != end.shard || entry.offset >= end.offset else {
        throw damaged("tensor '\(key)' overlaps another one")
      }
      end = (entry.shardID, next)
    }
  }

  private static let format = "TensorFlow checkpoint"

  private static func indexBytes(_ path: String) throws(ConversionError) -> [UInt8] {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .unreadable(path: path, reason: error.reason) }
    guard file.byteCount <= indexByteLimit else {
      throw .damaged(path: path, format: format, reason: "its index has \(file.byteCount) bytes")
    }
    return file.withUnsafeBytes { Array($0) }
  }

  func contains(_ key: String) -> Bool { entries[key] != nil }

  /// Returns the tensor stored under `key` and verifies its checksum; see ``ConstantTensor`` for `fillBudget`.
  func tensor(_ key: String, fillBudget: inout Int) throws(ConversionError) -> ConstantTensor {
    let entry = try entry(key)
    guard entry.slices.isEmpty else {
      throw damaged("tensor '\(key)' is stored in parts; save the model without partitioned variables")
    }
    guard !entry.shape.unknownRank else { throw damaged("tensor '\(key)' has no shape") }
    return try ConstantTensor(
      content: bytes(of: entry, key: key), type: entry.dtype, shape: entry.shape.dim.map(\.size), node: key,
      fillBudget: &fillBudget)
  }

  /// Returns checkpoint keys by the variable's name in the graph; names shared by several variables are omitted.
  func keysByVariableName() throws(ConversionError) -> [String: String] {
    guard contains(Self.objectGraphKey) else { return [:] }
    let text = try string(Self.objectGraphKey)
    let graph: TensorFlowTrackableObjectGraph
    do { graph = try TensorFlowTrackableObjectGraph(serializedBytes: text) } catch {
      throw damaged("its object graph: \(error.description)")
    }
    let attributes = graph.nodes.flatMap(\.attributes).filter { !$0.fullName.isEmpty }
    let keys = Dictionary(grouping: attributes, by: \.fullName)
    return keys.compactMapValues { $0.count == 1 ? $0[0].checkpointKey : nil }
  }
}

// MARK: - Bytes

extension TensorBundle {
  private func entry(_ key: String) throws(ConversionError) -> TensorFlowBundleEntryProto {
    guard let entry = entries[key] else { throw .missingVariable(name: key, checkpoint: prefix) }
    return entry
  }

  /// Reads a tensor's bytes from its data file.
  private func bytes(of entry: TensorFlowBundleEntryProto, key: String) throws(ConversionError) -> Data {
    try withBytes(of: entry, key: key) { (bytes) throws(ConversionError) in
      guard CRC32C.masked(bytes) == entry.crc32C else {
        throw damaged("the checksum of tensor '\(key)' does not match")
      }
      return Data(bytes)
    }
  }

  /// Reads a tensor of one string: the length, a checksum of the length, and the string. The entry's checksum covers
  /// the length as a fixed-width integer, its checksum and the string.
  private func string(_ key: String) throws(ConversionError) -> Data {
    let entry = try entry(key)
    let bytes = try withBytes(of: entry, key: key) { (bytes) throws(ConversionError) in Array(bytes) }
    var cursor = ByteCursor(bytes[...])
    guard let length = cursor.variableLengthInteger(), let lengthChecksum = cursor.littleEndian32(),
      let text = cursor.take(length), cursor.isAtEnd, let shortLength = UInt32(exactly: length)
    else { throw damaged("'\(key)' is not one string") }
    var checksum = CRC32C()
    withUnsafeBytes(of: shortLength.littleEndian) { checksum.update($0) }
    let lengthMatches = checksum.masked == lengthChecksum
    withUnsafeBytes(of: lengthChecksum.littleEndian) { checksum.update($0) }
    text.withUnsafeBytes { checksum.update($0) }
    guard lengthMatches, checksum.masked == entry.crc32C else {
      throw damaged("the checksum of '\(key)' does not match")
    }
    return Data(text)
  }

  private func withBytes<Result>(
    of entry: TensorFlowBundleEntryProto, key: String,
    _ body: (UnsafeRawBufferPointer) throws(ConversionError) -> Result
  ) throws(ConversionError) -> Result {
    guard entry.shardID >= 0, Int(entry.shardID) < shardCount else {
      throw damaged("tensor '\(key)' is in data file \(entry.shardID) of \(shardCount)")
    }
    if entry.size == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let path = "\(prefix).data-\(Self.fiveDigits(Int(entry.shardID)))-of-\(Self.fiveDigits(shardCount))"
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .unreadable(path: path, reason: error.reason) }
    guard entry.offset >= 0, entry.size >= 0, entry.offset <= file.byteCount,
      entry.size <= file.byteCount - Int(entry.offset)
    else {
      throw .damaged(
        path: path, format: Self.format,
        reason: "tensor '\(key)' has \(entry.size) bytes at \(entry.offset), the file has \(file.byteCount)")
    }
    return try file.withUnsafeBytes { (bytes) throws(ConversionError) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[Int(entry.offset)..<Int(entry.offset + entry.size)]))
    }
  }

  private static func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  private func damaged(_ reason: String) -> ConversionError {
    .damaged(path: prefix, format: Self.format, reason: reason)
  }
}
