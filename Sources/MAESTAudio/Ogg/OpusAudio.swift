import COpus
import MAESTFrontEnd

/// A link of Ogg Opus, decoded with libopusfile at 48 kHz.
final class OpusAudio: StreamPart {
  private static let sampleRate = 48000
  private static let chunkLength = 1 << 15
  /// Frames of the longest packet, 120 ms.
  private static let longestPacket = 5760

  let name = "libopus"
  let formatName = "OGG (OGG Container format), Opus"
  let layout: SampleLayout
  let expectedFrameCount: Int? = nil

  private let pages: OggPages
  private let file: OpaquePointer
  private var piece: [Float]
  private var losses: OggLosses

  /// - Parameter source: at the first page of the link.
  /// - Returns: nil if the library cannot decode it.
  init?(_ source: ByteSource) {
    let pages = OggPages(source)
    var callbacks = OpusFileCallbacks(
      read: { object, target, count in
        guard let target, let object, count > 0 else { return 0 }
        let pages = Unmanaged<OggPages>.fromOpaque(object).takeUnretainedValue()
        return Int32(pages.read(into: UnsafeMutableRawBufferPointer(start: target, count: Int(count))))
      },
      seek: nil, tell: nil, close: nil)
    let object = Unmanaged.passUnretained(pages).toOpaque()
    guard let file = op_open_callbacks(object, &callbacks, nil, 0, nil) else { return nil }
    (self.pages, self.file) = (pages, file)
    layout = SampleLayout(sampleRate: Self.sampleRate, channelCount: max(1, Int(op_channel_count(file, -1))))
    losses = OggLosses(sampleRate: Self.sampleRate)
    piece = [Float](repeating: 0, count: Self.longestPacket * layout.channelCount)
  }

  deinit {
    op_free(file)
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    while interleaved.count < Self.chunkLength {
      let count = Int(op_read_float(file, &piece, Int32(piece.count), nil))
      // Pages of another link, behind damage.
      if count > 0, Int(op_channel_count(file, -1)) != layout.channelCount { break }
      if count > 0 {
        append(count, to: &interleaved)
        losses.add(count, position: Int(op_pcm_tell(file)), &damage)
      } else if count == 0 {
        break
      } else {
        losses.addHole()
        if count != Int(OP_HOLE) { break }
      }
    }
    if interleaved.isEmpty { losses.end(pages, &damage) }
    return !interleaved.isEmpty
  }

  private func append(_ count: Int, to interleaved: inout [Float]) {
    let width = layout.channelCount
    guard width > 2 else {
      interleaved += piece[..<(count * width)]
      return
    }
    let order = ChannelOrder.ofWAVE(width)
    for frame in 0..<count {
      for channel in 0..<width { interleaved.append(piece[frame * width + order[channel]]) }
    }
  }
}
