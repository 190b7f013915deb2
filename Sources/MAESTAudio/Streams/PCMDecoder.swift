/// Converts raw bytes that arrive in chunks of any size to samples.
///
/// Integers are divided by their largest magnitude (`s16le` by 32768), so that full scale is from -1 to 1; doubles are
/// rounded to single precision. The samples equal those of libsndfile for the same bytes.
package struct PCMDecoder: Sendable {
  /// The sample format of the bytes.
  package let format: PCMFormat

  /// The beginning of a sample that is split between two chunks.
  private var cutSample: [UInt8] = []

  package init(format: PCMFormat) {
    self.format = format
  }

  /// Appends the samples that the next bytes complete. Bytes of a sample that is never completed are dropped.
  package mutating func append(_ bytes: ArraySlice<UInt8>, appendingTo samples: inout [Float]) {
    var rest = bytes
    if !cutSample.isEmpty {
      let missing = rest.prefix(format.byteCount - cutSample.count)
      cutSample += missing
      rest = rest.dropFirst(missing.count)
      guard cutSample.count == format.byteCount else { return }
      decode(cutSample[...], appendingTo: &samples)
      cutSample.removeAll(keepingCapacity: true)
    }
    let wholeLength = rest.count - rest.count % format.byteCount
    decode(rest.prefix(wholeLength), appendingTo: &samples)
    cutSample += rest.dropFirst(wholeLength)
  }

  /// - Parameter bytes: whole samples.
  private func decode(_ bytes: ArraySlice<UInt8>, appendingTo samples: inout [Float]) {
    let (first, size) = (samples.count, format.byteCount)
    samples.append(contentsOf: repeatElement(0, count: bytes.count / size))
    let input = bytes.span.bytes
    var output = samples.mutableSpan
    for index in first..<output.count {
      output[index] = sample(of: input, at: (index - first) * size)
    }
  }

  @inline(__always)
  private func sample(of bytes: RawSpan, at offset: Int) -> Float {
    switch format {
    case .u8:
      Float(Int32(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) - 128) / 128
    case .s16le:
      Float(Int16(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int16.self))) / 32768
    case .s24le:
      Float(Self.leftAligned24(bytes, at: offset)) / 2_147_483_648
    case .s32le:
      Float(Int32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self)))
        / 2_147_483_648
    case .f32le:
      Float(
        bitPattern: UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    case .f64le:
      Float(
        Double(
          bitPattern: UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))))
    }
  }

  /// The three bytes as the upper 24 of 32 bits.
  @inline(__always)
  private static func leftAligned24(_ bytes: RawSpan, at offset: Int) -> Int32 {
    let low = UInt32(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    let middle = UInt32(bytes.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self))
    let high = UInt32(bytes.unsafeLoad(fromByteOffset: offset + 2, as: UInt8.self))
    return Int32(bitPattern: low << 8 | middle << 16 | high << 24)
  }
}
