import CVorbis
import MAESTFrontEnd

/// A link of Ogg Vorbis, decoded with libvorbisfile.
final class VorbisAudio: StreamPart {
  /// Frames of one call of the library.
  private static let pieceLength = 4096
  private static let chunkLength = 1 << 15

  let name = "libvorbis"
  let formatName = "OGG (OGG Container format), Vorbis"
  let layout: SampleLayout
  let expectedFrameCount: Int? = nil

  private let pages: OggPages
  private let file: UnsafeMutablePointer<OggVorbis_File>
  private var losses: OggLosses

  /// - Parameter source: at the first page of the link.
  /// - Returns: nil if the library cannot decode it.
  init?(_ source: ByteSource) {
    let pages = OggPages(source)
    let file = UnsafeMutablePointer<OggVorbis_File>.allocate(capacity: 1)
    let callbacks = ov_callbacks(
      read_func: { target, size, count, object in
        guard let target, let object else { return 0 }
        let pages = Unmanaged<OggPages>.fromOpaque(object).takeUnretainedValue()
        return pages.read(into: UnsafeMutableRawBufferPointer(start: target, count: size * count))
          / max(1, size)
      },
      seek_func: nil, close_func: nil, tell_func: nil)
    let object = Unmanaged.passUnretained(pages).toOpaque()
    guard ov_open_callbacks(object, file, nil, 0, callbacks) == 0 else {
      file.deallocate()
      return nil
    }
    (self.pages, self.file) = (pages, file)
    guard let information = ov_info(file, -1)?.pointee, information.rate >= 1, information.channels >= 1
    else {
      layout = SampleLayout(sampleRate: 1, channelCount: 1)
      losses = OggLosses(sampleRate: 1)
      return nil
    }
    layout = SampleLayout(sampleRate: Int(information.rate), channelCount: Int(information.channels))
    losses = OggLosses(sampleRate: layout.sampleRate)
  }

  deinit {
    ov_clear(file)
    file.deallocate()
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    while interleaved.count < Self.chunkLength {
      var channels: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>?
      var link: Int32 = 0
      let count = ov_read_float(file, &channels, Int32(Self.pieceLength), &link)
      // Pages of another link, behind damage.
      if count > 0, ov_info(file, -1)?.pointee.channels != Int32(layout.channelCount) { break }
      if count > 0, let channels {
        append(channels, Int(count), to: &interleaved)
        losses.add(Int(count), position: Int(ov_pcm_tell(file)), &damage)
      } else if count == 0 {
        break
      } else {
        losses.addHole()
        // A hole in the stream; other errors end it.
        if count != Int(OV_HOLE) { break }
      }
    }
    if interleaved.isEmpty { losses.end(pages, &damage) }
    return !interleaved.isEmpty
  }

  private func append(
    _ channels: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>, _ count: Int,
    to interleaved: inout [Float]
  ) {
    let order = ChannelOrder.ofWAVE(layout.channelCount)
    let (start, width) = (interleaved.count, layout.channelCount)
    interleaved.append(contentsOf: repeatElement(0, count: count * width))
    interleaved.withUnsafeMutableBufferPointer { target in
      for channel in 0..<width {
        guard let samples = channels[order[channel]] else { continue }
        for frame in 0..<count { target[start + frame * width + channel] = samples[frame] }
      }
    }
  }
}

/// The order of channels in streams of Vorbis and Opus, where the middle one comes second.
enum ChannelOrder {
  /// For each channel in the order of WAVE files, which channel of the stream it is.
  ///
  /// Source: Vorbis I specification, 4.3.9; RFC 7845, 5.1.1.2.
  static func ofWAVE(_ channelCount: Int) -> [Int] {
    switch channelCount {
    case 3: [0, 2, 1]
    case 5: [0, 2, 1, 3, 4]
    case 6: [0, 2, 1, 5, 3, 4]
    case 7: [0, 2, 1, 6, 5, 3, 4]
    case 8: [0, 2, 1, 7, 5, 6, 3, 4]
    default: Array(0..<channelCount)
    }
  }
}
