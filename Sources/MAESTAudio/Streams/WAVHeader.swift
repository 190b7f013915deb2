import MAESTFrontEnd

/// The sample format and length in the header of a WAV stream.
package struct WAVHeader: Sendable, Hashable {
  /// The format of one sample.
  package let format: PCMFormat

  /// The number of channels, 1 to 1024.
  package let channelCount: Int

  /// Frames per second, at least 1.
  package let sampleRate: Int

  /// Bytes of sample data; nil if the header does not give it, as for a stream that is still being written: the data
  /// reaches to the end of the stream.
  package let dataByteCount: Int?

  /// Samples of each channel; nil if the header does not give it.
  package var frameCount: Int? {
    dataByteCount.map { $0 / (format.byteCount * channelCount) }
  }
}

/// The format chunk of a WAV stream (WAVEFORMATEX, WAVEFORMATEXTENSIBLE).
struct WAVFormatChunk {
  /// The number of bytes that are used: the longest form of the chunk.
  static let longestByteCount = 40

  /// The maximum chunk size; a larger one is considered invalid.
  static let largestByteCount = 65536

  private static let shortestByteCount = 16
  private static let extensibleTag = 0xFFFE
  private static let supported = "integers of 8, 16, 24 or 32 bits or floats of 32 or 64 bits"

  /// The last 14 bytes of the subformat GUIDs of formats that have a tag.
  private static let taggedFormatTail: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]

  let format: PCMFormat
  let channelCount: Int
  let sampleRate: Int

  /// - Throws: `AudioError.invalidWAVHeader`.
  static func checkByteCount(_ count: Int) throws(AudioError) {
    guard count >= shortestByteCount, count <= largestByteCount else {
      throw .invalidWAVHeader(
        field: "size of the format chunk", found: "\(count)",
        expected: "\(shortestByteCount) to \(largestByteCount) bytes")
    }
  }

  /// - Parameter bytes: at least 16, at most the first 40 of the chunk.
  /// - Throws: `AudioError.invalidWAVHeader`.
  init(_ bytes: [UInt8]) throws(AudioError) {
    channelCount = bytes.littleEndian(at: 2, byteCount: 2)
    guard SignalStream.channelCounts.contains(channelCount) else {
      throw .invalidWAVHeader(field: "number of channels", found: "\(channelCount)", expected: "1 to 1024")
    }
    sampleRate = bytes.littleEndian(at: 4, byteCount: 4)
    guard sampleRate >= 1 else {
      throw .invalidWAVHeader(field: "sample rate", found: "\(sampleRate)", expected: "at least 1 Hz")
    }
    let bitCount = bytes.littleEndian(at: 14, byteCount: 2)
    format = try Self.sampleFormat(tag: try Self.tag(bytes), bitCount: bitCount)
    let frameByteCount = bytes.littleEndian(at: 12, byteCount: 2)
    guard frameByteCount == channelCount * format.byteCount else {
      throw .invalidWAVHeader(
        field: "size of a frame", found: "\(frameByteCount)",
        expected: "\(channelCount * format.byteCount) bytes (\(channelCount) channels of \(bitCount) bits)")
    }
  }

  private static func tag(_ bytes: [UInt8]) throws(AudioError) -> Int {
    let tag = bytes.littleEndian(at: 0, byteCount: 2)
    guard tag == extensibleTag else { return tag }
    guard bytes.count == longestByteCount, bytes[26...].elementsEqual(taggedFormatTail) else {
      throw .invalidWAVHeader(field: "extended encoding", found: "unknown", expected: supported)
    }
    return bytes.littleEndian(at: 24, byteCount: 2)
  }

  /// Integers of other sizes use the upper bits of the next larger container.
  private static func sampleFormat(tag: Int, bitCount: Int) throws(AudioError) -> PCMFormat {
    switch (tag, bitCount) {
    case (1, 1...8): return .u8
    case (1, 9...16): return .s16le
    case (1, 17...24): return .s24le
    case (1, 25...32): return .s32le
    case (3, 32): return .f32le
    case (3, 64): return .f64le
    default:
      throw .invalidWAVHeader(
        field: "encoding", found: "tag \(tag) with \(bitCount) bits", expected: supported)
    }
  }
}

extension [UInt8] {
  /// A little-endian unsigned number of up to 7 bytes.
  func littleEndian(at offset: Int, byteCount: Int) -> Int {
    self[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
