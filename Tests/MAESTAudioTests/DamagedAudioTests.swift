import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Damage costs what is damaged, and is told.
struct DamagedAudioTests {
  private let cases: AudioCases
  /// At 16 kHz, of every tone.
  private let whole = 64001

  init() throws { cases = try AudioCases() }

  /// Loads without ffmpeg; with `refuse` the first loss has to be the error.
  private func load(_ bytes: [UInt8], _ name: String) throws -> AudioSignal {
    let path = try cases.write(bytes, name)
    let signal = try AudioLoader(ffmpeg: nil).load(path)
    let error = audioError { try AudioLoader(damaged: .refuse, ffmpeg: nil).load(path) } as? AudioError
    guard let loss = signal.warnings.first(where: \.isLoss) else {
      #expect(error == nil)
      return signal
    }
    // What is found later may be added to the same warning.
    if case .damaged(path, let first)? = error {
      #expect(first.code == loss.code && first.at == loss.at)
    } else {
      Issue.record("\(String(describing: error))")
    }
    return signal
  }

  @Test func aBadFrameAtTheEndOfAFlac() throws {
    var bytes = try cases.bytes("tone.flac")
    bytes[bytes.count - 40] ^= 0x55
    let signal = try load(bytes, "last.flac")
    #expect(signal.samples.count < whole && signal.samples.count > whole - 3000)
    expectIdentical(signal.samples, Array(try cases.samples("tone.flac").prefix(signal.samples.count)))
    let warning = try #require(signal.warnings.first)
    #expect(signal.warnings.count == 1 && warning.code == .damaged)
    #expect(abs((warning.seconds ?? 0) - Double(whole - signal.samples.count) / 16000) < 0.001)
  }

  @Test func badFramesWithinAFlac() throws {
    var bytes = try cases.bytes("tone.flac")
    for place in [20_000, 40_000] { bytes[place] ^= 0x55 }
    let signal = try load(bytes, "bits.flac")
    #expect(signal.samples.count < whole && signal.samples.count > whole - 6000)
    #expect(signal.warnings.map(\.code) == [.damaged, .damaged])
    let lost = try #require(signal.warnings.lostSeconds)
    #expect(abs(lost - Double(whole - signal.samples.count) / 16000) < 0.002)
  }

  @Test(arguments: [("tone.flac", true), ("tone.mp3", true), ("tone.ogg", false), ("tone.opus", false)])
  func aDownloadThatStopped(name: String, isKnown: Bool) throws {
    let bytes = try cases.bytes(name)
    let signal = try load(Array(bytes.prefix(bytes.count * 2 / 3)), "cut." + name)
    // The last page of Opus, of a second, is incomplete.
    #expect(signal.samples.count > whole * 2 / 5 && signal.samples.count < whole * 3 / 4)
    let cut = try #require(signal.warnings.first { $0.code == .cutShort })
    guard isKnown else { return #expect(cut.seconds == nil) }
    let lost = try #require(signal.warnings.lostSeconds)
    #expect(abs(lost - Double(whole - signal.samples.count) / 16000) < 0.06)
  }

  @Test(arguments: [("zeros", 3000), ("junk", 5000)]) func bytesWithinAnMP3(kind: String, count: Int) throws {
    let bytes = try cases.bytes("tone.mp3")
    let middle = bytes.count / 2
    let inserted = kind == "zeros" ? [UInt8](repeating: 0, count: count) : AudioCases.noise(count)
    let signal = try load(bytes[..<middle] + inserted + bytes[middle...], kind + ".mp3")
    #expect(abs(signal.samples.count - whole) < 1000)
    let warning = try #require(signal.warnings.first)
    #expect(signal.warnings.count == 1 && warning.code == .damaged)
    #expect(abs((warning.at ?? 0) - 2) < 0.1)
    // The header counts the frames, so that only those count that the bytes have cost.
    let lost = try #require(warning.seconds)
    #expect(abs(lost - Double(max(0, whole - signal.samples.count)) / 16000) < 0.03)
  }

  /// Of a page that is damaged its whole sound is missing, and what is lost is known from the next one.
  @Test(arguments: ["tone.ogg", "tone.opus"]) func aDamagedPage(name: String) throws {
    var bytes = try cases.bytes(name)
    bytes[bytes.count / 2] ^= 0x55
    let signal = try load(bytes, "bits." + name)
    #expect(signal.samples.count > whole / 2 && signal.samples.count < whole)
    #expect(signal.warnings.first?.code == .damaged)
  }

  @Test func lessThanHalfIsAnError() throws {
    let bytes = try cases.bytes("tone.flac")
    let path = try cases.write(Array(bytes.prefix(bytes.count / 3)), "third.flac")
    guard
      case .mostlyLost(path, let decoded, let lost)? =
        audioError({ try AudioLoader(ffmpeg: nil).load(path) }) as? AudioError
    else {
      Issue.record("accepted")
      return
    }
    #expect(abs(decoded + lost - 4) < 0.01 && decoded < 2)
  }

  @Test func aWaveThatIsCut() throws {
    let bytes = AudioCases.wave(AudioCases.stereo(seconds: 2))
    let signal = try load(Array(bytes.prefix(bytes.count * 3 / 4)), "cut.wav")
    let cut = try #require(signal.warnings.first)
    #expect(cut.code == .cutShort && abs((cut.seconds ?? 0) - 0.5) < 0.001)
  }

  @Test(arguments: ["wav", "flac", "ogg", "mp3"]) func bytesAfterTheSound(kind: String) throws {
    let bytes =
      kind == "wav" ? AudioCases.wave(AudioCases.stereo(seconds: 1)) : try cases.bytes("tone." + kind)
    let expected = try load(bytes, "whole." + kind)
    #expect(expected.warnings.isEmpty)
    let signal = try load(bytes + AudioCases.noise(5000).map { $0 | 0x81 }, "longer." + kind)
    expectIdentical(signal.samples, expected.samples)
    #expect(!signal.warnings.isEmpty)
    // Tags and zeros are no sound.
    let tag = Array("TAG".utf8) + [UInt8](repeating: 32, count: 125)
    let tagged = try load(bytes + [UInt8](repeating: 0, count: 1000) + tag, "tagged." + kind)
    expectIdentical(tagged.samples, expected.samples)
    #expect(tagged.warnings.isEmpty)
  }

  @Test(.enabled(if: FFmpeg().locate() != nil)) func badBytesInAnM4A() throws {
    var bytes = try cases.bytes("tone.m4a")
    let data = try #require(bytes.indices.first { bytes[$0...].prefix(4).elementsEqual("mdat".utf8) })
    for step in 0..<6 { bytes[data + 8 + 8000 + step * 7] ^= 0xA5 }
    let path = try cases.write(bytes, "bits.m4a")
    let signal = try AudioLoader().load(path)
    #expect(signal.samples.count > whole - 4000)
    #expect(signal.warnings.map(\.code) == [.damaged])
  }
}
