import CFLAC
import MAESTFrontEnd

/// A FLAC stream, by itself or in Ogg, decoded with libFLAC. After a damaged place it goes on with the next good frame.
final class FLACAudio: StreamPart {
  private static let chunkLength = 1 << 15

  let name = "libFLAC"
  let formatName: String
  private(set) var layout: SampleLayout
  var expectedFrameCount: Int? { state.totalFrameCount > 0 ? state.totalFrameCount : nil }

  private let pages: OggPages?
  private let decoder: UnsafeMutablePointer<FLAC__StreamDecoder>
  private let state: FLACState
  private var hasEnded = false

  /// - Parameters:
  ///   - source: at the mark `fLaC`, or at the first page of an Ogg link.
  ///   - isOgg: whether it is in Ogg.
  /// - Returns: nil if the stream has no header with a rate and channels, or no memory.
  init?(_ source: ByteSource, isOgg: Bool) {
    let pages = isOgg ? OggPages(source) : nil
    let state = FLACState(source, pages)
    guard let decoder = FLAC__stream_decoder_new() else { return nil }
    let object = Unmanaged.passUnretained(state).toOpaque()
    let start =
      isOgg
      ? FLAC__stream_decoder_init_ogg_stream(
        decoder, FLACState.read, nil, nil, nil, nil, FLACState.write, FLACState.metadata, FLACState.error,
        object)
      : FLAC__stream_decoder_init_stream(
        decoder, FLACState.read, nil, FLACState.tell, nil, nil, FLACState.write, FLACState.metadata,
        FLACState.error, object)
    (self.pages, self.decoder, self.state) = (pages, decoder, state)
    layout = SampleLayout(sampleRate: 1, channelCount: 1)
    let isOpen =
      start == FLAC__STREAM_DECODER_INIT_STATUS_OK
      && FLAC__stream_decoder_process_until_end_of_metadata(decoder) != 0
    formatName =
      isOgg
      ? "OGG (OGG Container format), FLAC"
      : "FLAC (Free Lossless Audio Codec), Signed \(state.bitCount) bit PCM"
    guard isOpen, state.layout.sampleRate >= 1, state.layout.channelCount >= 1 else { return nil }
    layout = state.layout
    if !isOgg, let position { state.beginFrames(at: position) }
  }

  deinit {
    FLAC__stream_decoder_delete(decoder)
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    // Samples of another layout wait for the next call.
    layout = state.layout
    while state.samples.count < Self.chunkLength, !state.hasNewLayout, !hasEnded {
      hasEnded =
        FLAC__stream_decoder_process_single(decoder) == 0
        || FLAC__stream_decoder_get_state(decoder) == FLAC__STREAM_DECODER_END_OF_STREAM
        || FLAC__stream_decoder_get_state(decoder) == FLAC__STREAM_DECODER_ABORTED
      state.endFrame(at: pages == nil ? position : nil, &damage)
      if state.hasFoundEnd || state.isComplete && pages == nil && !isFrameNext { hasEnded = true }
    }
    swap(&interleaved, &state.samples)
    state.samples.removeAll(keepingCapacity: true)
    if interleaved.isEmpty, state.hasNewLayout { return takeNewLayout(into: &interleaved) }
    if interleaved.isEmpty { end(&damage) }
    return !interleaved.isEmpty
  }

  /// The first byte that libFLAC has not decoded.
  private var position: Int? {
    var position: UInt64 = 0
    return FLAC__stream_decoder_get_decode_position(decoder, &position) != 0 ? Int(clamping: position) : nil
  }

  /// Whether another frame follows, of a stream whose header gives too small a length.
  private var isFrameNext: Bool { position.map { state.isFrame(at: $0) } ?? false }

  private func takeNewLayout(into interleaved: inout [Float]) -> Bool {
    interleaved = state.takeNewLayout()
    layout = state.layout
    return !interleaved.isEmpty
  }

  private func end(_ damage: inout PartDamage) {
    state.reportEnd(&damage)
    if let pages {
      pages.skipRest()
      damage.addEnd(of: pages, at: state.time, isReported: state.hasReported)
    } else {
      state.giveBack(from: state.endPosition ?? position)
    }
  }
}
