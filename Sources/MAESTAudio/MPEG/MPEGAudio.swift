import MAESTFrontEnd

/// A stream of MPEG audio (mp3, mp2, mp1), decoded frame by frame with libmpg123.
///
/// Files that were joined byte by byte have several streams in a row: each is decoded by itself, and what its encoder
/// added at its beginning and end is cut off. The numbers of frames and bytes in its first frame say what is missing;
/// they end nothing.
final class MPEGAudio: StreamPart {
  /// The least number of samples of one `read`.
  private static let chunkLength = 1 << 15

  let name = "libmpg123"
  let formatName: String
  private(set) var layout: SampleLayout
  let expectedFrameCount: Int?

  private let source: ByteSource
  private let decoder: MPEGDecoder
  private var frames: MPEGFrames
  private var stream: MPEGStream
  /// A frame that begins the next stream, while the samples of the last one are returned.
  private var next: (header: MPEGHeader, information: MPEGInformation?)?
  /// Samples that are cut off if the stream ends with them.
  private var held: [Float] = []
  private var seconds = 0.0
  private var hasEnded = false

  /// - Parameter source: at the first frame.
  /// - Returns: nil if there is no frame, or no memory.
  init?(_ source: ByteSource) {
    guard let header = source.mpegHeader(at: 0), source.look(header.frameLength) == header.frameLength,
      let decoder = MPEGDecoder()
    else { return nil }
    self.source = source
    self.decoder = decoder
    frames = MPEGFrames(source)
    layout = header.layout
    formatName = "MPEG-1/2 Audio, MPEG Layer \(["I", "II", "III"][header.layer - 1])"
    let information = MPEGInformation(source, header)
    stream = MPEGStream(header, information)
    let cut = stream.startCut + stream.endCut
    expectedFrameCount = information?.frameCount.map { max(0, $0 * header.frameCount - cut) }
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    if let next {
      stream = MPEGStream(next.header, next.information)
      layout = next.header.layout
      decoder.restart()
      self.next = nil
    }
    while interleaved.count < Self.chunkLength, !hasEnded {
      switch frames.next() {
      case .frame(let header):
        if !take(header, appendingTo: &interleaved, &damage) {
          return !interleaved.isEmpty || read(into: &interleaved, damage: &damage)
        }
      case .skipped(let count):
        stream.skips.append((seconds, count))
      case .cutFrame:
        stream.hasCutFrame = true
      case .end(let count):
        if count > 0 {
          damage.add(
            .unreadBytes, at: seconds, seconds: nil,
            "\(count) bytes after the sound are neither sound nor tags")
        }
        endStream(appendingTo: &interleaved, &damage)
        hasEnded = true
      }
    }
    return !interleaved.isEmpty
  }

  /// Decodes a frame, unless it begins another stream.
  ///
  /// - Returns: whether it belongs to the current stream.
  private func take(
    _ header: MPEGHeader, appendingTo interleaved: inout [Float], _ damage: inout PartDamage
  ) -> Bool {
    let information = MPEGInformation(source, header)
    if stream.frameCount > 0 || stream.byteCount > 0,
      information != nil || !header.isCompatible(with: stream.header)
    {
      endStream(appendingTo: &interleaved, &damage)
      next = (header, information)
      return false
    }
    stream.byteCount += header.frameLength
    if information == nil {
      let count = held.count
      let isGood = source.withBytes(0..<header.frameLength) { decoder.decode($0, appendingTo: &held) }
      if !isGood {
        damage.add(
          .damaged, at: seconds, seconds: Double(header.frameCount) / Double(header.sampleRate),
          "a frame cannot be decoded")
      }
      seconds += Double((held.count - count) / layout.channelCount) / Double(layout.sampleRate)
      stream.frameCount += 1
      release(appendingTo: &interleaved)
    }
    source.skip(header.frameLength)
    return true
  }

  /// Moves the samples that the stream does not end with, after those that the encoder added at its beginning.
  private func release(appendingTo interleaved: inout [Float]) {
    let cut = min(stream.startCut * layout.channelCount, held.count)
    if cut > 0 {
      held.removeFirst(cut)
      stream.startCut -= cut / layout.channelCount
    }
    let count = held.count - stream.endCut * layout.channelCount
    guard count > 0 else { return }
    interleaved += held[..<count]
    held.removeFirst(count)
  }

  /// Ends the current stream: returns its last samples, without those that the encoder added, and says what is missing.
  private func endStream(appendingTo interleaved: inout [Float], _ damage: inout PartDamage) {
    stream.addWarnings(at: seconds, &damage)
    if !stream.isComplete { interleaved += held }
    held.removeAll(keepingCapacity: true)
  }
}

/// One stream of a file of MPEG audio, and how much of it was seen.
private struct MPEGStream {
  let header: MPEGHeader
  private let information: MPEGInformation?

  /// Frames of sound, and bytes of all frames.
  var frameCount = 0
  var byteCount = 0
  /// Bytes between the frames: when, and how many.
  var skips: [(at: Double, byteCount: Int)] = []
  /// Whether the file ends within a frame.
  var hasCutFrame = false

  /// Samples of each channel to cut off that are still to come.
  var startCut: Int
  let endCut: Int

  /// The delay of every decoder of layer 3, in samples of each channel.
  private static let decoderDelay = 529

  init(_ header: MPEGHeader, _ information: MPEGInformation?) {
    self.header = header
    self.information = information
    let addition = information?.addition
    startCut = addition.map { $0.start + Self.decoderDelay } ?? 0
    endCut = addition.map { max(0, $0.end - Self.decoderDelay) } ?? 0
  }

  private var secondsPerFrame: Double { Double(header.frameCount) / Double(header.sampleRate) }

  /// Whether the last frame was seen, so that what the encoder added at the end can be cut off.
  var isComplete: Bool { frameCount >= information?.frameCount ?? 0 }

  /// The time that bytes of this stream last, on average.
  func seconds(ofBytes count: Int) -> Double {
    let (bytes, frames) = frameCount > 0 ? (byteCount, frameCount) : (header.frameLength, 1)
    return Double(count) / Double(bytes) * Double(frames) * secondsPerFrame
  }

  /// Compares what was seen with the numbers in the first frame.
  func addWarnings(at time: Double, _ damage: inout PartDamage) {
    let expected = information?.frameCount ?? frameCount
    let missing = expected - frameCount
    let words = "the header says \(expected) frames, \(frameCount) are there"
    if !skips.isEmpty {
      addSkips(missing: information?.frameCount == nil ? nil : max(0, missing), &damage)
    } else if missing > 0, isCut(missing) {
      damage.add(.cutShort, at: time, seconds: Double(missing) * secondsPerFrame, words)
    } else if hasCutFrame {
      damage.add(.cutShort, at: time, seconds: secondsPerFrame, "the last frame is incomplete")
    } else if abs(missing) > 1 {
      damage.add(.wrongLength, at: time, seconds: nil, words)
    }
  }

  /// Says what bytes between the frames have cost.
  ///
  /// - Parameter missing: the number of frames that are missing; nil if it is not known: then as much sound as there
  ///   are bytes.
  private func addSkips(missing: Int?, _ damage: inout PartDamage) {
    let total = skips.reduce(0) { $0 + $1.byteCount }
    for (at, count) in skips {
      let lost =
        missing.map { Double($0 * count) / Double(total) * secondsPerFrame } ?? seconds(ofBytes: count)
      damage.add(.damaged, at: at, seconds: lost, "\(count) bytes within the file are no MPEG audio")
    }
  }

  /// Whether frames are missing: as many bytes are too.
  private func isCut(_ missingCount: Int) -> Bool {
    guard let expected = information?.byteCount else { return true }
    return expected - byteCount > max(header.frameLength, byteCount / max(1, frameCount)) * missingCount / 2
  }
}
