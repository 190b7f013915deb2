import CSndfile
import Foundation
import MAESTAudio
import MAESTTestSupport
import Synchronization
import Testing

/// Files that are not what they say.
struct HostileFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func error(_ path: String) -> AudioError? {
    audioError { try AudioLoader(ffmpeg: nil).load(path) } as? AudioError
  }

  private func isUndecodable(_ path: String) -> Bool {
    if case .undecodableFile(path, let message) = error(path) { !message.isEmpty } else { false }
  }

  @Test func missingFile() {
    let path = folder.path("none.wav")
    #expect(error(path) == .fileNotFound(path: path))
    #expect(error("") == .fileNotFound(path: ""))
    #expect(error("-") == .fileNotFound(path: "-"))
  }

  @Test func folderInPlaceOfAFile() {
    #expect(error(folder.path) == .isFolder(path: folder.path))
  }

  @Test func fileWithoutBytes() throws {
    let path = try folder.write([], to: "empty.wav")
    #expect(error(path) == .emptyFile(path: path))
  }

  @Test(arguments: ["garbage.wav", "garbage.flac", "garbage.ogg", "garbage.aiff", "garbage"])
  func garbage(name: String) throws {
    let bytes = noise(5000).map { UInt8(truncatingIfNeeded: $0.bitPattern >> 8) & 0x7F }
    #expect(isUndecodable(try folder.write(bytes, to: name)))
  }

  /// The library keeps the reason in one place for all threads.
  @Test func everyBadFileHasItsOwnMessageHoweverManyAreOpenedAtOnce() throws {
    let wave = Array("RIFF\u{10}\0\0\0WAVEfmt \u{4}\0\0\0abcd".utf8)
    let paths = [
      try folder.write(Array("no sound at all".utf8), to: "text.wav"),
      try folder.write(wave, to: "short.wav"),
      try folder.write(Array("fLaC and no more".utf8), to: "text.flac"),
    ]
    let alone = paths.map(error)
    let wrongCount = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 6000) { index in
      let path = paths[index % paths.count]
      let error = audioError { try AudioLoader(ffmpeg: nil).load(path) } as? AudioError
      guard error != alone[index % paths.count] else { return }
      wrongCount.withLock { $0 += 1 }
    }
    #expect(Set(alone.map { "\($0.map { "\($0)" } ?? "")".split(separator: "(").last }).count == paths.count)
    #expect(wrongCount.withLock { $0 } == 0)
  }

  @Test func waveWithoutFrames() throws {
    let path = try folder.writeFloatWave([], to: "silent.wav")
    #expect(error(path) == .noSamples(path: path))
  }

  /// libsndfile reads the parts of such a list without end.
  @Test(arguments: ["RIFF", "RIFX"], [("", 0), ("INFO", 1), ("adtl", 3)])
  func aListWhosePartIsAStepBack(mark: String, list: (type: String, fillCount: Int)) throws {
    let (type, fillCount) = list
    let isBigEndian = mark == "RIFX"
    func number(_ value: UInt32) -> [UInt8] {
      withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
    }
    let part = Array("ICMT".utf8) + number(2) + [65, 0] + Array("xxxx".utf8) + number(0xffff_fff8)
    let list = Array(type.utf8) + part
    var bytes = Array(mark.utf8) + number(100) + Array("WAVE".utf8) + [UInt8](repeating: 0, count: fillCount)
    bytes += Array("LIST".utf8) + number(UInt32(list.count)) + list
    bytes += [UInt8](repeating: 0, count: 64)
    // An ID3 tag of ten bytes is skipped.
    let tag = Array("ID3\u{3}\0\0\0\0\0\u{a}".utf8) + [UInt8](repeating: 0, count: 10)
    let path = try folder.write(fillCount == 1 ? tag + bytes : bytes, to: "list.wav")
    guard case .undecodableFile(_, let message) = try #require(error(path)) else {
      Issue.record("\(String(describing: error(path)))")
      return
    }
    #expect(message.contains("the chunk LIST") && message.contains("4294967288 bytes"), "\(message)")
  }

  @Test(arguments: [1, 4, 11, 12, 20, 30, 35, 43])
  func waveHeaderCutShort(length: Int) throws {
    _ = try folder.writeSound(
      noise(100), to: "whole.wav", format: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_PCM_16))
    let path = try folder.write(try folder.bytes(of: "whole.wav").prefix(length), to: "cut.wav")
    #expect(error(path) != nil)
  }

  @Test func waveDataCutShortGivesWhatIsThere() throws {
    let samples = noise(1000)
    _ = try folder.writeSound(samples, to: "a.wav", format: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_FLOAT))
    let bytes = try folder.bytes(of: "a.wav")
    let path = try folder.write(bytes.dropLast(4 * 400 + 2), to: "cut.wav")
    let found = try AudioLoader().load(path).samples
    #expect(found.count == 599)
    expectIdentical(found, Array(samples[..<found.count]))
  }

  @Test func everyCutOfAFlacFileEndsWell() throws {
    let name = "whole.flac"
    let samples = noise(20_000)
    _ = try folder.writeSound(samples, to: name, format: Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16))
    let bytes = try folder.bytes(of: name)
    for length in [4, 8, 41, 42, 50, 86, 100, 1000, bytes.count / 2, bytes.count - 1] {
      let path = try folder.write(bytes.prefix(length), to: "cut.flac")
      guard let error = self.error(path) else {
        let signal = try AudioLoader(damaged: .keep).load(path)
        #expect(signal.samples.count >= 10_000 && signal.samples.count < 20_000)
        #expect(signal.warnings.lostSeconds != nil)
        continue
      }
      switch error {
      case .undecodableFile, .noSamples: #expect(length < 100)
      case .mostlyLost(path, let decoded, let lost): #expect(decoded < lost && decoded < 10_000 / 16000.0)
      case let other: Issue.record("\(length) bytes: \(other)")
      }
    }
  }

  @Test func tagsAfterTheLastFrameAreNoDamage() throws {
    let name = "whole.flac"
    _ = try folder.writeSound(
      noise(20_000), to: name, format: Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16))
    let tag = Array("TAG".utf8) + [UInt8](repeating: 0, count: 125)
    let path = try folder.write(try folder.bytes(of: name) + tag, to: "tagged.flac")
    let whole = try AudioLoader().load(folder.path(name))
    #expect(try AudioLoader().load(path) == whole)
    #expect(whole.samples.count == 20_000)
  }

  /// The header claims 2^32 - 1 bytes of data (2^60 frames in the 64-bit form); 100 frames follow.
  @Test(arguments: [false, true])
  func waveThatClaimsTooManyFrames(isWide: Bool) throws {
    let format = isWide ? Int(SF_FORMAT_W64) : Int(SF_FORMAT_WAV)
    _ = try folder.writeSound(noise(100), to: "a", format: format | Int(SF_FORMAT_PCM_16))
    var bytes = try folder.bytes(of: "a")
    let tag = try #require(bytes.firstRange(of: Array("data".utf8)))
    let sizeField = isWide ? tag.lowerBound + 16..<tag.lowerBound + 24 : tag.upperBound..<tag.upperBound + 4
    for index in sizeField { bytes[index] = isWide && index == sizeField.upperBound - 1 ? 0x1F : 0xFF }
    let path = try folder.write(bytes, to: "b")
    guard let signal = try? AudioLoader(ffmpeg: nil).load(path) else { return }
    #expect(signal.samples.count <= 100)
  }

  @Test func flacThatClaimsTooManyFrames() throws {
    let samples = noise(5000)
    _ = try folder.writeSound(samples, to: "a", format: Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16))
    var bytes = try folder.bytes(of: "a")
    // Total samples: the last 36 bits before the checksum of the stream information block.
    bytes[21] |= 0x0F
    for index in 22..<26 { bytes[index] = 0xFF }
    let path = try folder.write(bytes, to: "b.flac")
    guard let signal = try? AudioLoader(ffmpeg: nil).load(path) else { return }
    #expect(signal.samples.count <= samples.count)
  }

  @Test(arguments: [0, 1, 16000 * 257])
  func waveWithAnAbsurdSampleRate(rate: Int) throws {
    _ = try folder.writeSound(noise(100), to: "a", format: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_PCM_16))
    var bytes = try folder.bytes(of: "a")
    for index in 0..<4 { bytes[24 + index] = UInt8(truncatingIfNeeded: rate >> (8 * index)) }
    let path = try folder.write(bytes, to: "b.wav")
    let error = try #require(self.error(path))
    if rate > 0 { #expect(error == .signal(.unsupportedSampleRates(from: rate, to: 16000))) }
  }

  @Test func flippedBytesNeverCrash() throws {
    for (name, format) in [("a.wav", SF_FORMAT_WAV), ("a.flac", SF_FORMAT_FLAC), ("a.aiff", SF_FORMAT_AIFF)] {
      _ = try folder.writeSound(noise(300), to: name, format: Int(format) | Int(SF_FORMAT_PCM_16))
      let bytes = try folder.bytes(of: name)
      for index in 0..<min(60, bytes.count) {
        var changed = bytes
        changed[index] ^= 0xFF
        let path = try folder.write(changed, to: "changed-" + name)
        _ = try? AudioLoader(ffmpeg: nil).load(path)
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func sampleThatIsNoNumber(value: Float) throws {
    var samples = noise(40_000)
    samples[32_000] = value
    let path = try folder.writeFloatWave(samples, to: "bad.wav")
    #expect(error(path) == .signal(.nonFiniteSample(index: 32_000, time: 2)))
  }

  @Test func sampleBeyondAnySound() throws {
    var samples = noise(100)
    samples[8] = -1e30
    let path = try folder.writeFloatWave(samples, to: "loud.wav")
    #expect(error(path) == .signal(.sampleOutOfRange(index: 8, time: 0.0005, value: -1e30, limit: 1e12)))
  }

  @Test func badSampleInAChannelThatIsNotUsed() throws {
    let path = try folder.writeFloatWave([0.5, .nan, 0.25, .nan], to: "half.wav", channelCount: 2)
    #expect(try AudioLoader(downmix: .left).load(path).samples == [0.5, 0.25])
    #expect(error(path) == .signal(.nonFiniteSample(index: 0, time: 0)))
  }
}
