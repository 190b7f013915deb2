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
  private var isBadFrame = false
  private var hasError = false
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
    if isBadFrame {
      // Its samples are zeros; how many are missing shows in the number of the next frame.
      isBadFrame = false
      return
    }
    let expected = nextNumber ?? (totalFrameCount > 0 ? 0 : number)
    if number > expected || hasError { losses.append((time, max(0, number - expected))) }
    hasError = false
    nextNumber = number + count
    decodedCount += count
    let frameLayout = SampleLayout(sampleRate: Int(header.sample_rate), channelCount: Int(header.channels))
    let bitCount = Int(header.bits_per_sample)
    if frameLayout == layout {
      append(channels, count, frameLayout.channelCount, bitCount: bitCount, to: &samples)
    } else {
      var decoded: [Float] = []
      append(channels, count, frameLayout.channelCount, bitCount: bitCount, to: &decoded)
      newLayout = (frameLayout, decoded)
    }
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
  }

  // MARK: - Damage

  private static let message = "frames of the stream are missing or damaged"

  /// Ends a call of libFLAC, which decodes a frame or reports an error.
  func endFrame(_ damage: inout PartDamage) {
    isBadFrame = false
    reportLosses(&damage)
  }

  private func reportLosses(_ damage: inout PartDamage) {
    for (at, count) in losses {
      damage.add(.damaged, at: at, seconds: seconds(count), Self.message)
    }
    losses = []
  }

  /// What is missing at the end.
  func reportEnd(_ damage: inout PartDamage) {
    reportLosses(&damage)
    let missing = totalFrameCount - (nextNumber ?? 0)
    if totalFrameCount > 0, missing > 0 {
      let isCut = !hasError || missing > 1 << 16
      damage.add(
        isCut ? .cutShort : .damaged, at: time, seconds: seconds(missing),
        isCut
          ? "the header says \(totalFrameCount) samples, the last one is number \(nextNumber ?? 0)"
          : Self.message)
    } else if totalFrameCount > 0, missing < 0 {
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
