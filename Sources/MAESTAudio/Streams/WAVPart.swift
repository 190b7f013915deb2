import MAESTFrontEnd

/// A WAVE stream of plain samples from a pipe, read forwards. Its length may be unknown.
final class WAVPart: StreamPart {
  /// The longest header that is looked at.
  private static let longestHeader = 1 << 20
  private static let pieceLength = 1 << 16

  let name = "wav"
  let formatName: String
  let layout: SampleLayout
  let expectedFrameCount: Int?

  private let source: ByteSource
  private var stream = WAVStream()
  private let header: WAVHeader
  private var frameCount = 0

  /// - Parameter source: at the mark `RIFF` or one like it.
  /// - Returns: nil if it is no WAVE stream of plain samples, or its header is too long.
  init?(_ source: ByteSource) {
    guard source.begins(with: "RIFF") || source.begins(with: "RF64") || source.begins(with: "BW64") else {
      return nil
    }
    var trial = WAVStream()
    var samples: [Float] = []
    var length = 0
    while trial.header == nil, length < Self.longestHeader {
      let next = source.bytes(length + 4096)
      guard next.count > length, (try? trial.append(next.dropFirst(length), appendingTo: &samples)) != nil
      else {
        return nil
      }
      length = next.count
    }
    guard let header = trial.header, Self.hasSamples(source, header, length) else { return nil }
    self.source = source
    self.header = header
    layout = SampleLayout(sampleRate: header.sampleRate, channelCount: header.channelCount)
    formatName = "WAV (Microsoft), \(header.format.words)"
    expectedFrameCount = header.frameCount
  }

  /// Whether the samples are none of another encoding, which is decoded elsewhere.
  private static func hasSamples(_ source: ByteSource, _ header: WAVHeader, _ headerLength: Int) -> Bool {
    guard header.format == .s16le, header.channelCount <= 2 else { return true }
    let looked = Array(source.bytes(headerLength + 4 * EncodedSamples.lookedAtByteCount).drop { $0 != 0x64 })
    let samples =
      looked.firstRange(of: Array("data".utf8)).map { looked[$0.upperBound...].dropFirst(4) } ?? []
    let sound = samples.drop { $0 == 0 }.prefix(EncodedSamples.lookedAtByteCount)
    return EncodedSamples.encoding(of: Array(sound)) == nil
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    while interleaved.isEmpty, !stream.isComplete {
      // No byte after the data is taken: another part may follow.
      let count = source.look(min(Self.pieceLength, stream.neededByteCount ?? Self.pieceLength))
      guard count > 0, (try? stream.append(source.bytes(count), appendingTo: &interleaved)) != nil else {
        break
      }
      source.skip(count)
    }
    frameCount += interleaved.count / layout.channelCount
    if interleaved.isEmpty { end(&damage) }
    return !interleaved.isEmpty
  }

  private func end(_ damage: inout PartDamage) {
    if let expected = header.frameCount, expected > frameCount {
      let (at, lost) = (Double(frameCount), Double(expected - frameCount))
      let rate = Double(layout.sampleRate)
      damage.add(
        .cutShort, at: at / rate, seconds: lost / rate,
        "the header says \(expected) samples, \(frameCount) are there")
    }
    if let count = header.dataByteCount, count % 2 == 1, source.look(1) == 1, source[0] == 0 {
      source.skip(1)
    }
    RIFFTail.skip(source)
  }
}

extension PCMFormat {
  /// As libsndfile names it.
  var words: String {
    switch self {
    case .u8: "Unsigned 8 bit PCM"
    case .s16le: "Signed 16 bit PCM"
    case .s24le: "Signed 24 bit PCM"
    case .s32le: "Signed 32 bit PCM"
    case .f32le: "32 bit float"
    case .f64le: "64 bit float"
    }
  }
}
