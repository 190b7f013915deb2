import Foundation
import MAESTAudio
import MAESTFiles
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Several streams in one file are all heard, and headers that lie cut nothing.
struct JoinedAudioTests {
  private let cases: AudioCases

  init() throws { cases = try AudioCases() }

  /// At the rate of the file, so that parts of one rate are those of the files that were joined, sample for sample.
  private func load(_ bytes: [UInt8], _ name: String) throws -> AudioSignal {
    let rate = name.hasSuffix(".opus") ? 48000 : 44100
    return try AudioLoader(sampleRate: rate, damaged: .refuse, ffmpeg: nil).load(try cases.write(bytes, name))
  }

  private func samples(_ name: String, like first: String) throws -> [Float] {
    try load(try cases.bytes(name), "part." + first).samples
  }

  @Test(arguments: [
    ["tone.mp3", "tone.mp3"], ["tone.ogg", "high.ogg"], ["tone.opus", "high.opus"],
    ["tone.flac", "tone.flac"],
    ["tone.ogg", "tone.opus", "high.ogg"], ["no-header.mp3", "high.mp3"], ["tone.flac", "tone.mp3"],
  ])
  func partsFollowEachOther(names: [String]) throws {
    let signal = try load(try names.flatMap { try cases.bytes($0) }, "joined." + names[0])
    expectIdentical(signal.samples, try names.flatMap { try samples($0, like: names[0]) })
    // A change of rate or channels is told, and is no loss.
    #expect(signal.warnings.allSatisfy { $0.code == .formatChanges })
    #expect(signal.warnings.isEmpty == !["no-header.mp3"].contains(names[0]) || names.contains("tone.opus"))
  }

  @Test func wavesFollowEachOther() throws {
    let bytes = AudioCases.wave(AudioCases.stereo(seconds: 1))
    let list = Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
    let once = try load(bytes, "one.wav").samples
    expectIdentical(try load(bytes + bytes, "two.wav").samples, once + once)
    expectIdentical(try load(bytes + list + bytes + list, "lists.wav").samples, once + once)
    let other = try load(bytes + cases.bytes("tone.flac"), "other.wav").samples
    expectIdentical(other, once + (try samples("tone.flac", like: "other.wav")))
  }

  @Test func aCountThatIsTooSmall() throws {
    var bytes = try cases.bytes("tone.mp3")
    let place = try #require(bytes.indices.first { bytes[$0...].prefix(4).elementsEqual("Info".utf8) }) + 8
    let count = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, UInt8(count / 3)])
    let signal = try load(bytes, "third.mp3")
    expectIdentical(signal.samples, try samples("tone.mp3", like: "tone.mp3"))
    #expect(signal.warnings.map(\.code) == [.wrongLength])
  }

  @Test func paddingThatTheTagDoesNotCount() throws {
    let title = Array("TIT2".utf8) + [0, 0, 0, 5, 0, 0, 0] + Array("abcd".utf8)
    let tag = Array("ID3".utf8) + [3, 0, 0, 0, 0, 0, UInt8(title.count)] + title
    let signal = try load(
      tag + [UInt8](repeating: 0, count: 4096) + (try cases.bytes("tone.mp3")), "padded.mp3")
    expectIdentical(signal.samples, try samples("tone.mp3", like: "tone.mp3"))
    #expect(signal.warnings.isEmpty)
  }

  @Test(arguments: [(0, 0), (0, 36), (0x7FFF_FFFF, 0x7FFF_FFFF), (0xFFFF_FFFF, 0xFFFF_FFFF)])
  func sizesThatARecorderLeft(dataSize: Int, size: Int) throws {
    let samples = AudioCases.stereo(seconds: 1)
    let expected = try load(AudioCases.wave(samples), "whole.wav")
    let signal = try load(AudioCases.wave(samples, dataSize: dataSize, size: size), "sizes.wav")
    expectIdentical(signal.samples, expected.samples)
    #expect(signal.warnings.isEmpty)
  }

  /// Without ffmpeg it is an error, with it the sound.
  @Test func anotherEncodingInAWave() throws {
    let path = try cases.write(AudioCases.wave(try cases.bytes("tone.dts")), "dts.wav")
    let error = audioError { try AudioLoader(ffmpeg: nil).load(path) } as? AudioError
    #expect(error == .encodedAsPCM(path: path, encoding: "DTS"))
    guard FFmpeg().locate() != nil else { return }
    let samples = try AudioLoader().load(path).samples
    #expect(abs(samples.count - 8000) < 600)
    // A tone, no noise: it crosses zero twice in each of its periods.
    let crossings = zip(samples.dropFirst(), samples).count { ($0 < 0) != ($1 < 0) }
    #expect(abs(Double(crossings) / (Double(samples.count) / 16000) - 880) < 40)
  }

  /// What plain samples say of themselves.
  @Test func soundThatAListenerWouldMiss() throws {
    let inverted = try load(AudioCases.wave(AudioCases.stereo(seconds: 1, right: -1)), "inverted.wav")
    #expect(inverted.warnings.map(\.code) == [.channelsCancel])
    let silent = try load(AudioCases.wave([UInt8](repeating: 0, count: 40_000)), "silent.wav")
    #expect(silent.warnings.map(\.code) == [.silent])
    let clipped = try load(AudioCases.wave(AudioCases.stereo(seconds: 1, amplitude: 3)), "clipped.wav")
    #expect(clipped.warnings.map(\.code) == [.clipped])
    let left = try load(AudioCases.wave(AudioCases.stereo(seconds: 1, right: 0)), "left.wav")
    let loud = try load(AudioCases.wave(AudioCases.stereo(seconds: 1, amplitude: 0.999)), "loud.wav")
    #expect(left.warnings.isEmpty && loud.warnings.isEmpty)
  }

  /// From a pipe every format gives what it gives from a file.
  @Test(arguments: [
    "tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.m4a", "whole.wav", "integer.aiff",
  ])
  func pipes(name: String) throws {
    var path = Fixtures.path("audio/damage/" + name)
    if name == "whole.wav" { path = try cases.write(AudioCases.wave(AudioCases.stereo(seconds: 1)), name) }
    if name == "integer.aiff" { path = Fixtures.path("fuzz/audio/integer.aiff") }
    guard name != "tone.m4a" || FFmpeg().locate() != nil else { return }
    let expected = try AudioLoader().load(path)
    let pipe = cases.folder.path("pipe")
    try run("/usr/bin/mkfifo", [pipe])
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "exec cat \"$0\" > \"$1\"", path, pipe]
    try writer.run()
    let signal = try AudioLoader(decodingTimeLimit: .seconds(60)).load(pipe)
    writer.waitUntilExit()
    expectIdentical(signal.samples, expected.samples)
    #expect(signal.warnings == expected.warnings)
  }

  /// A name of any bytes.
  @Test func aNameThatIsNotUTF8() throws {
    let path = cases.folder.path("bytes-\u{EFE4}\u{EFDF}.wav")
    let plain = try cases.write(AudioCases.wave(AudioCases.stereo(seconds: 1)), "plain.wav")
    let renamed = PathBytes.withPath(plain) { from in PathBytes.withPath(path) { rename(from, $0) } }
    // Some file systems refuse such names.
    guard renamed == 0 else { return }
    #expect(try AudioLoader(ffmpeg: nil).load(path).samples.count == 16001)
  }
}
