import CSndfile
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// WAV streams of every form give the samples that libsndfile gives for them as files.
struct WAVStreamTests {
  struct Form: Sendable, CustomTestStringConvertible {
    let container: Int
    let encoding: Int
    let format: PCMFormat
    var testDescription: String { "\(container) \(format)" }
  }

  static let forms = [Int(SF_FORMAT_WAV), Int(SF_FORMAT_WAVEX), Int(SF_FORMAT_RF64)].flatMap { container in
    PCMDecoderTests.codes.map { Form(container: container, encoding: $0.1, format: $0.0) }
  }

  private struct Reading {
    var header: WAVHeader?
    var samples: [Float] = []
    var isComplete = false
  }

  private func read(_ bytes: [UInt8], longest: Int = .max, seed: UInt64 = 1) throws -> Reading {
    var stream = WAVStream()
    var reading = Reading()
    for chunk in chunks(bytes, longest: longest, seed: seed) {
      try stream.append(chunk, appendingTo: &reading.samples)
    }
    try stream.finish()
    reading.header = stream.header
    reading.isComplete = stream.isComplete
    return reading
  }

  @Test(arguments: forms, [1, 2, 5])
  func everyChunkingGivesTheSamplesOfTheFile(form: Form, channelCount: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.writeSound(
      noise(channelCount * 1000), to: "a.wav", sampleRate: 48000, channelCount: channelCount,
      format: form.container | form.encoding)
    let bytes = try folder.bytes(of: "a.wav")
    let expected = try AudioLoader(sampleRate: 48000).load(path).samples
    for longest in [1, 7, 100, 100_000] {
      let reading = try read(bytes, longest: longest)
      #expect(reading.isComplete)
      #expect(
        reading.header?.format == form.format && reading.header?.channelCount == channelCount
          && reading.header?.sampleRate == 48000 && reading.header?.frameCount == 1000)
      var signal = try SignalStream(
        sampleRate: 48000, channelCount: channelCount, to: 48000)
      var mono: [Float] = []
      try signal.append(reading.samples[...], appendingTo: &mono)
      expectIdentical(mono, expected)
    }
  }

  @Test(arguments: [0, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_F000, 0xFFFF_FFFF])
  func unknownSizeMeansUpToTheEnd(size: Int) throws {
    let bytes = Wave().bytes(dataSize: size) + [0, 0x40, 0, 0x80]
    let reading = try read(bytes, longest: 3)
    #expect(reading.header?.dataByteCount == nil && reading.header?.frameCount == nil)
    #expect(reading.samples == [0.5, -1] && !reading.isComplete)
  }

  @Test(arguments: [(0, Int?.none), (4, 4), (Int(UInt32.max) + 9, Int(UInt32.max) + 9), (-1, nil)])
  func wideSizeCounts(size: Int, expected: Int?) throws {
    var wave = Wave()
    wave.signature = "RF64"
    wave.chunks.insert(("ds64", Wave.number(0, 8) + Wave.number(size, 8) + Wave.number(0, 12)), at: 0)
    let reading = try read(wave.bytes(dataSize: 0xFFFF_FFFF) + [0, 0x40, 0, 0x80, 9, 9])
    #expect(reading.header?.dataByteCount == expected)
    #expect(reading.samples == (size == 4 ? [0.5, -1] : [0.5, -1, Float(0x0909) / 32768]))
  }

  @Test func otherChunksAreSkipped() throws {
    var wave = Wave()
    wave.chunks.insert(("LIST", Array(repeating: 7, count: 99_999)), at: 0)
    wave.chunks.append(("fact", [1, 2, 3]))
    let bytes = wave.bytes(dataSize: 4) + [0, 0x40, 0, 0x80] + Array("LIST".utf8) + Wave.number(100, 4)
    for longest in [1, 1000, 1_000_000] {
      let reading = try read(bytes, longest: longest)
      #expect(reading.samples == [0.5, -1] && reading.isComplete)
    }
  }

  @Test func dataCutShortGivesWhatIsThere() throws {
    let reading = try read(Wave().bytes(dataSize: 1000) + [0, 0x40, 0, 0x80, 7])
    #expect(reading.header?.dataByteCount == 1000)
    #expect(reading.samples == [0.5, -1] && !reading.isComplete)
  }

  @Test func everyCutOfTheHeaderIsNamed() {
    let bytes = Wave().bytes(dataSize: 100)
    for length in 0..<bytes.count {
      #expect(throws: AudioError.wavHeaderCutShort(byteCount: length)) { try read(Array(bytes[..<length])) }
    }
  }

  @Test func anotherSignatureIsRefused() {
    var wave = Wave()
    wave.signature = "RI\u{1}X"
    #expect(
      throws: AudioError.invalidWAVHeader(
        field: "signature", found: "'RI.X' 'WAVE'", expected: "'RIFF', 'RF64' or 'BW64' and 'WAVE'")
    ) { try read(wave.bytes(dataSize: 0)) }
  }

  @Test func dataBeforeTheFormatIsRefused() {
    var wave = Wave()
    wave.chunks = []
    #expect(
      throws: AudioError.invalidWAVHeader(
        field: "first chunk", found: "'data'", expected: "'fmt ' before 'data'")
    ) { try read(wave.bytes(dataSize: 0)) }
  }

  static let badFormats: [(field: String, offset: Int, bytes: [UInt8])] = [
    ("number of channels", 2, [0, 0]), ("number of channels", 2, [0xFF, 0xFF]),
    ("sample rate", 4, [0, 0, 0, 0]), ("encoding", 0, [2, 0]), ("encoding", 0, [3, 0]),
    ("encoding", 14, [0, 0]), ("encoding", 14, [33, 0]), ("size of a frame", 12, [0, 0]),
    ("size of a frame", 12, [3, 0]), ("size of a frame", 14, [24, 0]),
    ("extended encoding", 0, [0xFE, 0xFF]),
  ]

  @Test(arguments: badFormats)
  func impossibleFormatsAreNamed(bad: (field: String, offset: Int, bytes: [UInt8])) throws {
    var format = Wave.format()
    format.replaceSubrange(bad.offset..<bad.offset + bad.bytes.count, with: bad.bytes)
    var wave = Wave()
    wave.chunks = [("fmt ", format)]
    let error = audioError { try read(wave.bytes(dataSize: 0)) }
    guard case AudioError.invalidWAVHeader(let field, _, _)? = error else {
      Issue.record("\(bad) gives \(String(describing: error))")
      return
    }
    #expect(field == bad.field)
  }

  @Test(arguments: [0, 15, 65537, 0xFFFF_FFFF])
  func absurdFormatSizesAreRefused(size: Int) {
    let bytes = Array("RIFF....WAVEfmt ".utf8) + Wave.number(size, 4)
    #expect(
      throws: AudioError.invalidWAVHeader(
        field: "size of the format chunk", found: "\(size)", expected: "16 to 65536 bytes")
    ) { try read(bytes) }
  }

  @Test func longFormatChunksAreRead() throws {
    var wave = Wave()
    wave.chunks = [("fmt ", Wave.format() + Array(repeating: 0, count: 101))]
    #expect(try read(wave.bytes(dataSize: 2) + [0, 0x40], longest: 5).samples == [0.5])
  }

  @Test func flippedBytesNeverCrash() {
    let bytes = Wave().bytes(dataSize: 400) + Array(repeating: 3, count: 400)
    for index in 0..<60 {
      for mask in [UInt8(0xFF), 0x80, 1] {
        var changed = bytes
        changed[index] ^= mask
        let reading = try? read(changed, longest: 9)
        #expect(reading?.samples.count ?? 0 <= 400)
      }
    }
  }
}

/// Makes WAV streams, right and wrong ones.
private struct Wave {
  var signature = "RIFF"
  var chunks: [(name: String, bytes: [UInt8])] = [("fmt ", format())]

  /// One channel of 16 bits at 16 kHz.
  static func format() -> [UInt8] {
    number(1, 2) + number(1, 2) + number(16000, 4) + number(32000, 4) + number(2, 2) + number(16, 2)
  }

  static func number(_ number: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> (min($0, 7) * 8)) }
  }

  /// The header, up to where the samples begin.
  func bytes(dataSize: Int) -> [UInt8] {
    var bytes = Array((signature + "....WAVE").utf8)
    for (name, content) in chunks {
      bytes += Array(name.utf8) + Self.number(content.count, 4) + content
      if content.count % 2 == 1 { bytes.append(0) }
    }
    return bytes + Array("data".utf8) + Self.number(dataSize, 4)
  }
}
