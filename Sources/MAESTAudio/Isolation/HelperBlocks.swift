/// The blocks that a decoding helper writes after its first line: 4 bytes with the number of samples, and that many
/// little-endian 32-bit floats, interleaved. A number of all ones is followed by 8 bytes instead: sample rate and
/// channel count of the blocks that follow.
struct HelperBlocks {
  private static let headLength = 4
  private static let layoutMark = UInt32.max
  private static let layoutLength = 8
  /// Samples of one block at most.
  private static let longestBlock = 1 << 26

  private var bytes: [UInt8] = []
  private var start = 0
  /// Bytes of samples that are still to come in the current block.
  private var rest = 0
  private var decoder = PCMDecoder(format: .f32le)

  mutating func append(_ new: [UInt8]) {
    bytes.removeFirst(start)
    start = 0
    bytes += new
  }

  /// Whether all that was appended were whole blocks.
  var isAtBlock: Bool { rest == 0 && start == bytes.count }

  /// Decodes what there is, up to a change of layout.
  ///
  /// - Parameters:
  ///   - path, frameCount: for the error.
  ///   - interleaved: the samples are appended.
  /// - Returns: a layout that the following samples have; nil if more bytes are needed, or before a change of layout if
  ///   there are samples before it.
  /// - Throws: `AudioError.isolatedDecoderFailed` for bytes that are no block.
  mutating func next(
    path: String, frameCount: Int, appendingTo interleaved: inout [Float]
  ) throws(AudioError) -> SampleLayout? {
    while start < bytes.count {
      if rest > 0 {
        let count = min(rest, bytes.count - start)
        decoder.append(bytes[start..<start + count], appendingTo: &interleaved)
        start += count
        rest -= count
        continue
      }
      guard let count = number(at: start) else { return nil }
      if count == Self.layoutMark {
        guard interleaved.isEmpty, bytes.count - start >= Self.headLength + Self.layoutLength else {
          return nil
        }
        return try layout(path: path, frameCount: frameCount)
      }
      guard (1...Self.longestBlock).contains(Int(count)) else {
        throw Self.error(path: path, frameCount: frameCount)
      }
      start += Self.headLength
      rest = 4 * Int(count)
    }
    return nil
  }

  private mutating func layout(path: String, frameCount: Int) throws(AudioError) -> SampleLayout {
    let (rate, channels) = (number(at: start + 4) ?? 0, number(at: start + 8) ?? 0)
    guard (1...UInt32(Int32.max)).contains(rate), (1...1024).contains(channels) else {
      throw Self.error(path: path, frameCount: frameCount)
    }
    start += Self.headLength + Self.layoutLength
    return SampleLayout(sampleRate: Int(rate), channelCount: Int(channels))
  }

  private func number(at offset: Int) -> UInt32? {
    guard offset + Self.headLength <= bytes.count else { return nil }
    return bytes[offset..<offset + Self.headLength].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func error(path: String, frameCount: Int) -> AudioError {
    .isolatedDecoderFailed(path: path, frameCount: frameCount, message: "what it writes are no samples")
  }

  // MARK: - Writing

  /// The beginning of a block of samples.
  static func sampleHead(count: Int) -> [UInt8] { bytes(of: UInt32(clamping: count)) }

  static func layoutBlock(_ layout: SampleLayout) -> [UInt8] {
    bytes(of: layoutMark) + bytes(of: UInt32(clamping: layout.sampleRate))
      + bytes(of: UInt32(clamping: layout.channelCount))
  }

  private static func bytes(of number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
