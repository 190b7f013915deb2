/// Reads a WAV stream that arrives in chunks of any size, such as from a pipe, and may still be being written.
///
/// Supports RIFF and its 64-bit forms RF64 and BW64; integers of 8 to 32 bits, floats of 32 and 64 bits. A data size
/// that programs write when they do not know it (0, all ones, about 2 GiB or 4 GiB) means up to the end of the stream.
/// Chunks before the data are skipped, bytes after the data are ignored. A stream that ends before its data is complete
/// gives the samples that are there, like a truncated file.
///
/// ```
/// var stream = WAVStream()
/// var interleaved: [Float] = []
/// while let chunk = pipe.next() { try stream.append(chunk[...], appendingTo: &interleaved) }
/// try stream.finish()
/// ```
package struct WAVStream: Sendable {
  /// The header; nil until the data begins.
  package private(set) var header: WAVHeader?

  /// Whether all samples announced by the header have arrived: further bytes are ignored.
  package private(set) var isComplete = false

  private enum Part {
    case signature
    case chunkHead
    case format(chunkByteCount: Int)
    case wideSizes(chunkByteCount: Int)
    case skipped(byteCount: Int)
    case data(byteCount: Int?)
  }

  private var part = Part.signature

  /// The bytes of the current part received so far, if the part is needed as a whole.
  private var collected: [UInt8] = []
  private var byteCount = 0
  private var isWide = false
  private var wideDataSize: [UInt8] = []
  private var formatChunk: WAVFormatChunk?
  private var decoder: PCMDecoder?

  package init() {}

  /// The number of bytes up to the end of the current field or of the data, at least 1; nil: up to the end of the
  /// stream. After the data has ended further bytes are ignored.
  var neededByteCount: Int? {
    switch part {
    case .signature: 12 - collected.count
    case .chunkHead: 8 - collected.count
    case .format(let size): min(size, WAVFormatChunk.longestByteCount) - collected.count
    case .wideSizes: 24 - collected.count
    case .skipped(let size): size
    case .data(let size): size
    }
  }

  /// Processes the next bytes.
  ///
  /// - Parameter interleaved: the samples that they complete are appended, `[frame, channel]`; the last frame
  ///   may be incomplete until the next chunk.
  /// - Throws: `AudioError.invalidWAVHeader`.
  package mutating func append(
    _ bytes: ArraySlice<UInt8>, appendingTo interleaved: inout [Float]
  ) throws(AudioError) {
    byteCount += bytes.count
    var rest = bytes
    while !rest.isEmpty, !isComplete {
      rest = rest.dropFirst(try take(rest, appendingTo: &interleaved))
    }
  }

  /// Ends the stream.
  ///
  /// - Throws: `AudioError.wavHeaderCutShort` if it ends before its data begins.
  package func finish() throws(AudioError) {
    guard header != nil else { throw .wavHeaderCutShort(byteCount: byteCount) }
  }

  /// - Returns: the number of bytes consumed, at least 1.
  private mutating func take(
    _ bytes: ArraySlice<UInt8>, appendingTo interleaved: inout [Float]
  ) throws(AudioError) -> Int {
    switch part {
    case .signature:
      return try collect(12, of: bytes) { stream, field throws(AudioError) in try stream.readSignature(field)
      }
    case .chunkHead:
      return try collect(8, of: bytes) { stream, field throws(AudioError) in try stream.readChunkHead(field) }
    case .format(let size):
      return try collect(min(size, WAVFormatChunk.longestByteCount), of: bytes) {
        stream, field throws(AudioError) in
        stream.formatChunk = try WAVFormatChunk(field)
        stream.skip(size - field.count + size % 2)
      }
    case .wideSizes(let size):
      return try collect(24, of: bytes) { stream, field throws(AudioError) in
        stream.wideDataSize = Array(field[8..<16])
        stream.skip(size - field.count + size % 2)
      }
    case .skipped(let size):
      let count = min(size, bytes.count)
      skip(size - count)
      return count
    case .data(let size):
      let data = bytes.prefix(size ?? .max)
      decoder?.append(data, appendingTo: &interleaved)
      part = .data(byteCount: size.map { $0 - data.count })
      isComplete = size == data.count
      return data.count
    }
  }

  /// Adds bytes to the current part, and parses it once it is complete.
  private mutating func collect(
    _ size: Int, of bytes: ArraySlice<UInt8>, _ read: (inout Self, [UInt8]) throws(AudioError) -> Void
  ) throws(AudioError) -> Int {
    let taken = bytes.prefix(size - collected.count)
    collected += taken
    if collected.count == size {
      let field = collected
      collected.removeAll(keepingCapacity: true)
      try read(&self, field)
    }
    return taken.count
  }

  private mutating func skip(_ count: Int) {
    part = count > 0 ? .skipped(byteCount: count) : .chunkHead
  }

  private mutating func readSignature(_ field: [UInt8]) throws(AudioError) {
    let (container, kind) = (Self.text(field[..<4]), Self.text(field[8...]))
    guard ["RIFF", "RF64", "BW64"].contains(container), kind == "WAVE" else {
      throw .invalidWAVHeader(
        field: "signature", found: "'\(container)' '\(kind)'", expected: "'RIFF', 'RF64' or 'BW64' and 'WAVE'"
      )
    }
    isWide = container != "RIFF"
    part = .chunkHead
  }

  private mutating func readChunkHead(_ field: [UInt8]) throws(AudioError) {
    let size = field.littleEndian(at: 4, byteCount: 4)
    switch Self.text(field[..<4]) {
    case "fmt ":
      try WAVFormatChunk.checkByteCount(size)
      part = .format(chunkByteCount: size)
    case "ds64" where size >= 24:
      part = .wideSizes(chunkByteCount: size)
    case "data":
      try beginData(size)
    default:
      skip(size + size % 2)
    }
  }

  private mutating func beginData(_ size: Int) throws(AudioError) {
    guard let formatChunk else {
      throw .invalidWAVHeader(field: "first chunk", found: "'data'", expected: "'fmt ' before 'data'")
    }
    let dataByteCount = dataByteCount(size)
    header = WAVHeader(
      format: formatChunk.format, channelCount: formatChunk.channelCount,
      sampleRate: formatChunk.sampleRate, dataByteCount: dataByteCount)
    decoder = PCMDecoder(format: formatChunk.format)
    part = .data(byteCount: dataByteCount)
  }

  /// The size in the header, or nil if it is a placeholder for an unknown size.
  private func dataByteCount(_ size: Int) -> Int? {
    if isWide, size == 0xFFFF_FFFF, !wideDataSize.isEmpty {
      let isHuge = wideDataSize[7] != 0
      let wideSize = wideDataSize.littleEndian(at: 0, byteCount: 7)
      return isHuge || wideSize == 0 ? nil : wideSize
    }
    // Programs that cannot go back to the header write 0, or the maximum signed or unsigned size minus a header and a
    // buffer.
    let isUnknown = size == 0 || (0x7FFF_F000...0x8000_0000).contains(size) || size >= 0xFFFF_F000
    return isUnknown ? nil : size
  }

  /// Four bytes as text; characters that are not printable ASCII become points.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
  }
}
