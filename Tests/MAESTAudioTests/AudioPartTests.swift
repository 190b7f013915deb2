import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// What stands at the borders of streams: tags, other streams, lengths that are wrong.
struct AudioPartTests {
  private let cases: AudioCases

  init() throws { cases = try AudioCases() }

  private func load(_ bytes: [UInt8], _ name: String) throws -> AudioSignal {
    try AudioLoader(sampleRate: 44100, damaged: .refuse, ffmpeg: nil).load(try cases.write(bytes, name))
  }

  private static let id3: [UInt8] =
    Array("ID3".utf8) + [3, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 0xFF, count: 128)
  private static let id3v1: [UInt8] = Array("TAG".utf8) + [UInt8](repeating: 0xFB, count: 125)
  /// A header and a footer without items.
  private static let ape: [UInt8] = [0xA0, 0x80].flatMap { flag in
    Array("APETAGEX".utf8) + [0xD0, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, flag]
      + [UInt8](repeating: 0, count: 8)
  }

  /// Tags between joined files are no sound and no damage, even if they look like frames.
  @Test(arguments: ["tone.mp3", "tone.flac"]) func tagsBetweenStreams(name: String) throws {
    let sound = try cases.bytes(name)
    let once = try load(sound, name).samples
    let signal = try load(
      Self.id3 + sound + Self.ape + Self.id3v1 + Self.id3 + Self.id3 + sound + Self.id3v1, "tags." + name)
    expectIdentical(signal.samples, once + once)
    #expect(signal.warnings.isEmpty)
  }

  /// The total of a FLAC header is no end: it may be too small, too large or unknown. A last frame that is
  /// shorter than the others is the last one.
  @Test(arguments: [(0, AudioWarning.Code?.none), (100_000, .wrongLength), (180_000, .wrongLength)])
  func totalOfAFLAC(total: Int, code: AudioWarning.Code?) throws {
    var bytes = try cases.bytes("tone.flac")
    // The lower 32 of 36 bits.
    bytes.replaceSubrange(22..<26, with: withUnsafeBytes(of: UInt32(total).bigEndian) { Array($0) })
    let signal = try AudioLoader(sampleRate: 44100, ffmpeg: nil).load(try cases.write(bytes, "total.flac"))
    expectIdentical(signal.samples, try load(try cases.bytes("tone.flac"), "whole.flac").samples)
    #expect(signal.warnings.map(\.code) == (code.map { [$0] } ?? []))
  }

  /// From mono to stereo and back, each part by its own header.
  @Test func channelsThatChange() throws {
    let (high, tone) = (try cases.bytes("high.mp3"), try cases.bytes("no-header.mp3"))
    let signal = try load(high + tone + high, "changes.mp3")
    let (one, other) = (try load(high, "high.mp3").samples, try load(tone, "tone.mp3").samples)
    expectIdentical(signal.samples, one + other + one)
    #expect(signal.warnings.map(\.code) == [.formatChanges, .formatChanges])
  }

  /// Sound that begins in the middle of a frame.
  @Test func theRestOfAStream() throws {
    let bytes = try cases.bytes("no-header.mp3")
    let whole = try load(bytes, "whole.mp3").samples
    let signal = try load(Array(bytes.dropFirst(5000)), "rest.mp3")
    #expect(signal.warnings.isEmpty)
    #expect(whole.count - signal.samples.count > 30_000 && signal.samples.count % 1152 == 0)
    expectIdentical(Array(signal.samples.suffix(44100)), Array(whole.suffix(44100)))
  }

  /// Formats are told by their bytes, not by their names.
  @Test(arguments: ["tone.mp3", "tone.flac", "tone.ogg", "tone.opus"]) func misleadingNames(name: String)
    throws
  {
    let bytes = try cases.bytes(name)
    let expected = try load(bytes, name).samples
    for ending in [".wav", ".m4a", ".mp3", ".ogg", ""] {
      expectIdentical(try load(bytes, "name" + ending).samples, expected, ending)
    }
  }

  /// Noise at full scale is no stream of DTS.
  @Test func noiseIsNoOtherEncoding() throws {
    let noise = AudioCases.noise(400_000).enumerated().map { $0.element &+ UInt8($0.offset % 3) }
    #expect(try load(AudioCases.wave(noise), "noise.wav").samples.count == 100_000)
  }

  @Test func messagesOfFFmpeg() {
    let messages = FFmpegMessages(
      """
      [info] Input #0, mov,mp4,m4a, from 'file:a.m4a':
      [info]   Duration: 01:02:03.50, start: 0.000000, bitrate: 64 kb/s
      [aac @ 0x55ef7ce62940] [error] channel element 0.0 is not allocated
      [warning] harmless
      [error] Error while decoding stream #0:0: Invalid data found
      """)
    #expect(messages.errorCount == 2 && messages.duration == 3723.5)
    #expect(messages.lastError == "Error while decoding stream #0:0: Invalid data found")
    #expect(FFmpegMessages("").lastError == nil && FFmpegMessages("odd\n").lastError == "odd")
  }
}
