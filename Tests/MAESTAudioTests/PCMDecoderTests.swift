import CSndfile
import MAESTAudio
import MAESTTestSupport
import Testing

/// Raw bytes become the samples that libsndfile gives for them.
struct PCMDecoderTests {
  static let codes: [(PCMFormat, Int)] = [
    (.u8, Int(SF_FORMAT_PCM_U8)), (.s16le, Int(SF_FORMAT_PCM_16)), (.s24le, Int(SF_FORMAT_PCM_24)),
    (.s32le, Int(SF_FORMAT_PCM_32)), (.f32le, Int(SF_FORMAT_FLOAT)), (.f64le, Int(SF_FORMAT_DOUBLE)),
  ]

  /// What libsndfile reads from a headerless file.
  private func reference(_ bytes: [UInt8], code: Int, in folder: TemporaryFolder) throws -> [Float] {
    let path = try folder.write(bytes, to: "raw")
    var info = SF_INFO()
    info.samplerate = 16000
    info.channels = 1
    info.format = Int32(SF_FORMAT_RAW) | Int32(SF_ENDIAN_LITTLE) | Int32(code)
    let handle = try #require(sf_open(path, Int32(SFM_READ), &info))
    defer { sf_close(handle) }
    var samples = [Float](repeating: 0, count: Int(info.frames))
    #expect(Int(sf_read_float(handle, &samples, info.frames)) == samples.count)
    return samples
  }

  /// Random bytes: every integer is a sample; of floats, those that are no numbers are left out.
  private func bytes(_ format: PCMFormat) -> [UInt8] {
    var generator = Generator(seed: 9)
    let random = (0..<format.byteCount * 20_000).map { _ in UInt8.random(in: .min ... .max, using: &generator)
    }
    switch format {
    case .f32le: return noise(20_000).flatMap { littleEndianBytes($0.bitPattern) }
    case .f64le: return noise(20_000).flatMap { littleEndianBytes((Double($0) / 3).bitPattern) }
    default: return random
    }
  }

  private func littleEndianBytes(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  @Test(arguments: codes)
  func everyChunkingGivesTheBitsOfTheLibrary(format: PCMFormat, code: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = bytes(format)
    let expected = try reference(bytes, code: code, in: folder)
    #expect(expected.count == 20_000)
    for longest in [1, 5, 4096, 1_000_000] {
      var decoder = PCMDecoder(format: format)
      var samples: [Float] = []
      for chunk in chunks(bytes, longest: longest, seed: 2) { decoder.append(chunk, appendingTo: &samples) }
      expectIdentical(samples, expected, "\(format), chunks up to \(longest)")
    }
  }

  @Test func fullScaleIsOne() {
    func sample(_ format: PCMFormat, _ bytes: [UInt8]) -> [Float] {
      var samples: [Float] = []
      var decoder = PCMDecoder(format: format)
      decoder.append(bytes[...], appendingTo: &samples)
      return samples
    }
    #expect(sample(.u8, [0, 128, 192]) == [-1, 0, 0.5])
    #expect(sample(.s16le, [0, 0x80, 0, 0x40]) == [-1, 0.5])
    #expect(sample(.s24le, [0, 0, 0x80, 1, 0, 0]) == [-1, 0x1p-23])
    #expect(sample(.s32le, [0, 0, 0, 0x80]) == [-1])
    #expect(sample(.f32le, [0, 0, 0x80, 0x3F, 1, 2]) == [1])
    #expect(sample(.f64le, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 9]) == [1])
  }
}
