import CFLAC
import MAESTFrontEnd

/// What libFLAC's callbacks share: the bytes that it reads, the samples that it writes, and the damage that it reports.
final class FLACState {
  private let source: ByteSource
  private let pages: OggPages?

  /// Bytes that libFLAC was given and that were not skipped in the source, because they may belong to what follows.
  private var givenCount = 0
  /// More than libFLAC reads ahead.
  private static let keptByteCount = 1 << 16

  /// Decoded samples `[frame, channel]` of one layout.
  var samples: [Float] = []
  private(set) var layout = SampleLayout(sampleRate: 0, channelCount: 0)
  private(set) var bitCount = 0
  /// Samples of each channel, from the header; 0: unknown.
  private(set) var totalFrameCount = 0
  private var newLayout: (layout: SampleLayout, samples: [Float])?

  /// The number of the sample that the next frame begins with; nil before the first frame.
  private var nextNumber: Int?
  private var decodedCount = 0
  /// The frame of this call of libFLAC: the samples before it, its number and its length.
  private var last: (sampleCount: Int, number: Int, count: Int)?
  /// The length of all frames but the last; 0: they differ.
  private var blockLength = 0
  private var isShortFrame = false
  private var isBadFrame = false
  private var hasError = false
  /// Whether damage was reported.
  private(set) var hasReported = false
  /// The first byte that is not of the stream, if that shows in the bytes.
  private(set) var endPosition: Int?
  /// Where the last good frame ended.
  private var goodPosition: Int?
  /// Losses that were not reported yet: when, and how many samples of each channel.
  private var losses: [(at: Double, count: Int)] = []

  init(_ source: ByteSource, _ pages: OggPages?) {
    self.source = source
    self.pages = pages
  }

  /// The length of what was decoded, in seconds.
  var time: Double { Double(decodedCount) / Double(max(1, layout.sampleRate)) }

  /// Whether samples of another layout wait.
  var hasNewLayout: Bool { newLayout != nil }

  func takeNewLayout() -> [Float] {
    guard let (layout, samples) = newLayout else { return [] }
    newLayout = nil
    self.layout = layout
    return samples
  }

  // MARK: - Bytes

  private func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    if let pages { return pages.read(into: target) }
    if givenCount > 2 * Self.keptByteCount {
      source.skip(givenCount - Self.keptByteCount)
      givenCount = Self.keptByteCount
    }
    if hasError, givenCount > 0, endPosition == nil { findEnd(before: source.position + givenCount) }
    guard !hasFoundEnd else { return 0 }
    let count = source.look(givenCount + target.count) - givenCount
    source.withBytes(givenCount..<givenCount + count) { target.copyMemory(from: $0) }
    givenCount += count
    return count
  }

  /// Goes to the first byte that does not belong to the stream.
  ///
  /// - Parameter position: of that byte in the file; nil: all bytes that libFLAC was given belong to it.
  func giveBack(from position: Int?) {
    let count = position.map { $0 - source.position } ?? givenCount
    source.skip(min(max(0, count), givenCount))
    givenCount = 0
  }

  /// Whether a frame begins at a byte of the file that libFLAC was not given back yet.
  func isFrame(at position: Int) -> Bool {
    let offset = position - source.position
    guard offset >= 0, source.look(offset + 4) == offset + 4 else { return false }
    // The mark of 14 bits, and values of the block's size and the sample rate that are in use.
    return source[offset] == 0xFF && source[offset + 1] & 0xFE == 0xF8 && source[offset + 2] & 0xF0 != 0
      && source[offset + 2] & 0x0F != 0x0F
  }

  /// Whether all samples of the header's number were decoded.
  var isComplete: Bool { totalFrameCount > 0 && nextNumber ?? 0 >= totalFrameCount }

  // MARK: - Frames

  private func take(_ frame: FLAC__Frame, _ channels: UnsafePointer<UnsafePointer<FLAC__int32>?>) {
    let header = frame.header
    let (count, number) = (Int(header.blocksize), Int(clamping: header.number.sample_number))
    if isBadFrame || hasFoundEnd {
      // Its samples are zeros; how many are missing shows in the number of the next frame.
      isBadFrame = false
      return
    }
    // Of several frames in one call all but the last are silence that libFLAC puts in for missing ones.
    takeBack()
    let frameLayout = SampleLayout(sampleRate: Int(header.sample_rate), channelCount: Int(header.channels))
    last = (samples.count, number, count)
    let bitCount = Int(header.bits_per_sample)
    isShortFrame = count < blockLength
    if frameLayout == layout {
      append(channels, count, frameLayout.channelCount, bitCount: bitCount, to: &samples)
    } else {
      var decoded: [Float] = []
      append(channels, count, frameLayout.channelCount, bitCount: bitCount, to: &decoded)
      newLayout = (frameLayout, decoded)
    }
  }

  /// Drops the frame of this call.
  private func takeBack() {
    guard let last else { return }
    samples.removeLast(samples.count - last.sampleCount)
    newLayout = nil
    self.last = nil
  }

  /// Counts the frame of this call, and what is missing before it.
  private func count() {
    guard let last else { return }
    let expected = nextNumber ?? (totalFrameCount > 0 ? 0 : last.number)
    if last.number > expected || hasError { losses.append((time, max(0, last.number - expected))) }
    hasError = false
    nextNumber = last.number + last.count
    decodedCount += last.count
    self.last = nil
  }

  private func append(
    _ channels: UnsafePointer<UnsafePointer<FLAC__int32>?>, _ count: Int, _ width: Int, bitCount: Int,
    to samples: inout [Float]
  ) {
    let scale = 1 / Float(UInt32(1) << UInt32(max(1, bitCount) - 1))
    let start = samples.count
    samples.append(contentsOf: repeatElement(0, count: count * width))
    samples.withUnsafeMutableBufferPointer { target in
      for channel in 0..<width {
        guard let input = channels[channel] else { continue }
        for frame in 0..<count { target[start + frame * width + channel] = Float(input[frame]) * scale }
      }
    }
  }

  private func take(_ information: FLAC__StreamMetadata_StreamInfo) {
    layout = SampleLayout(
      sampleRate: Int(information.sample_rate), channelCount: Int(information.channels))
    bitCount = Int(information.bits_per_sample)
    totalFrameCount = Int(clamping: information.total_samples)
    let isFixed = information.min_blocksize == information.max_blocksize
    blockLength = isFixed ? Int(information.max_blocksize) : 0
  }

  // MARK: - Damage

  private static let message = "frames of the stream are missing or damaged"

  /// Ends a call of libFLAC, which decodes a frame or reports an error.
  ///
  /// - Parameter position: the first byte that libFLAC has not decoded; nil: unknown.
  func endFrame(at position: Int?, _ damage: inout PartDamage) {
    if hasError, let position { findEnd(before: position) }
    if hasFoundEnd { takeBack() }
    if last != nil { goodPosition = position }
    count()
    isBadFrame = false
    reportLosses(&damage)
  }

  /// Notes where the first frame is expected.
  func beginFrames(at position: Int) { goodPosition = position }

  /// Whether something else begins where a frame was expected.
  var hasFoundEnd: Bool { endPosition != nil }

  /// Looks for the mark of a tag or of another stream behind the last good frame.
  private func findEnd(before end: Int) {
    let start = max(goodPosition ?? source.position, source.position)
    var offset = start - source.position
    let endOffset = end - source.position
    while offset < endOffset {
      if isEnd(at: offset, isExpected: offset + source.position == goodPosition) {
        endPosition = source.position + offset
        if endPosition == goodPosition { hasError = false }
        return
      }
      offset += 1
    }
  }

  /// - Parameter isExpected: whether the last good frame ends there, so that a short mark is enough.
  private func isEnd(at offset: Int, isExpected: Bool) -> Bool {
    if isExpected {
      let marks: [StaticString] = ["TAG", "ID3", "LYRICSBEGIN", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"]
      if marks.contains(where: { source.begins(with: $0, at: offset) }) { return true }
    }
    switch source[offset] {
    case UInt8(ascii: "f"): return source.begins(with: "fLaC\0\0\0\"", at: offset)
    case UInt8(ascii: "O"): return source.begins(with: "OggS\0\u{2}", at: offset)
    case UInt8(ascii: "A"): return source.begins(with: "APETAGEX", at: offset)
    case UInt8(ascii: "R"):
      return source.begins(with: "RIFF", at: offset) && source.begins(with: "WAVE", at: offset + 8)
    case 0xFF: return !isFrame(at: source.position + offset) && MPEGFrames.areNext(in: source, at: offset)
    default: return false
    }
  }

  private func reportLosses(_ damage: inout PartDamage) {
    if !losses.isEmpty { hasReported = true }
    for (at, count) in losses {
      damage.add(.damaged, at: at, seconds: seconds(count), Self.message)
    }
    losses = []
  }

  /// What is missing at the end.
  func reportEnd(_ damage: inout PartDamage) {
    reportLosses(&damage)
    let missing = totalFrameCount - (nextNumber ?? 0)
    // Only the last frame is shorter than the others.
    let isWhole = isShortFrame && !hasError
    if totalFrameCount > 0, missing > 0, !isWhole {
      let isCut = !hasError || missing > 1 << 16
      damage.add(
        isCut ? .cutShort : .damaged, at: time, seconds: seconds(missing),
        isCut
          ? "the header says \(totalFrameCount) samples, the last one is number \(nextNumber ?? 0)"
          : Self.message)
    } else if totalFrameCount > 0, missing != 0 {
      damage.add(
        .wrongLength, at: time, seconds: nil,
        "the header says \(totalFrameCount) samples, \(nextNumber ?? 0) are there")
    } else if hasError {
      damage.add(.damaged, at: time, seconds: nil, Self.message)
    }
    hasError = false
  }

  private func seconds(_ count: Int) -> Double { Double(count) / Double(max(1, layout.sampleRate)) }
}

// MARK: - Callbacks

extension FLACState {
  private static func state(_ object: UnsafeMutableRawPointer?) -> FLACState? {
    object.map { Unmanaged<FLACState>.fromOpaque($0).takeUnretainedValue() }
  }

  static let read: FLAC__StreamDecoderReadCallback = { _, target, count, object in
    guard let target, let count, let state = state(object) else {
      return FLAC__STREAM_DECODER_READ_STATUS_ABORT
    }
    count.pointee = state.read(into: UnsafeMutableRawBufferPointer(start: target, count: count.pointee))
    return count.pointee > 0
      ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM
  }

  static let tell: FLAC__StreamDecoderTellCallback = { _, position, object in
    guard let position, let state = state(object) else { return FLAC__STREAM_DECODER_TELL_STATUS_ERROR }
    position.pointee = UInt64(state.source.position + state.givenCount)
    return FLAC__STREAM_DECODER_TELL_STATUS_OK
  }

  static let write: FLAC__StreamDecoderWriteCallback = { _, frame, channels, object in
    guard let frame, let channels, let state = state(object) else {
      return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
    }
    state.take(frame.pointee, channels)
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
  }

  static let metadata: FLAC__StreamDecoderMetadataCallback = { _, metadata, object in
    guard let metadata, metadata.pointee.type == FLAC__METADATA_TYPE_STREAMINFO else { return }
    state(object)?.take(metadata.pointee.data.stream_info)
  }

  static let error: FLAC__StreamDecoderErrorCallback = { _, status, object in
    guard let state = state(object) else { return }
    state.hasError = true
    if status == FLAC__STREAM_DECODER_ERROR_STATUS_FRAME_CRC_MISMATCH { state.isBadFrame = true }
  }
}
