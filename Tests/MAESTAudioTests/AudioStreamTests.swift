import Foundation
import MAESTAudio
import MAESTTestSupport
import Testing

/// Files with several audio streams.
struct AudioStreamTests {
  let fake: FakeFFmpeg

  init() throws { fake = try FakeFFmpeg() }

  /// What the program is asked for, and an answer.
  private func loader(_ script: String, stream: Int) throws -> AudioLoader {
    var loader = try fake.loader(script)
    loader.audioStream = stream
    return loader
  }

  private func error(_ script: String, stream: Int) throws -> AudioError? {
    let loader = try loader(script, stream: stream)
    return audioError { try loader.load(fake.input) } as? AudioError
  }

  @Test(arguments: [(1, "0:a:0?"), (2, "0:a:1"), (12, "0:a:11")])
  func theProgramCountsFromZero(stream: Int, map: String) throws {
    let script = "for a; do printf '%s\\0' \"$a\"; done > \"$folder/args\"; cat \"$folder/sound.wav\""
    expectIdentical(try loader(script, stream: stream).load(fake.input).samples, fake.samples)
    let arguments = try fake.folder.bytes(of: "args").split(separator: 0).map {
      String(decoding: $0, as: UTF8.self)
    }
    let place = try #require(arguments.firstIndex(of: "-map"))
    #expect(arguments[place + 1] == map)
  }

  /// The program's own description of what it reads, with `count` audio streams among others.
  private func description(_ count: Int) -> String {
    let streams = (0..<count).map { "Stream #0:\($0 + 1)[0x\($0)](eng): Audio: aac, Stream #0:9: Audio: no" }
    let lines =
      ["Input #0, matroska:", "  Stream #0:0: Video: h264"] + streams.map { "  " + $0 }
      + ["  Stream #0:20: Subtitle: srt", "    title : Stream #0:21: Audio: no", "At least one output"]
    let text = lines.map { "echo '\($0)' >&2" }.joined(separator: "\n")
    return "case \"$*\" in *-map*) exit 1;; esac\n\(text)\nexit 1"
  }

  @Test(arguments: [(2, 3), (2, 0), (2, -7), (1, Int.max), (1, Int.min), (40, 41), (0, 2)])
  func aStreamThatIsNotThere(count: Int, stream: Int) throws {
    #expect(
      try error(description(count), stream: stream)
        == .noSuchAudioStream(path: fake.input, stream: stream, streamCount: count))
  }

  /// Where the stream is there and broken, the program's own failure is told.
  @Test(arguments: [(0, 1), (2, 2), (2, 1)]) func otherFailuresStay(count: Int, stream: Int) throws {
    guard case .ffmpegFailed? = try error(description(count), stream: stream) else {
      Issue.record("\(count) streams, the one numbered \(stream)")
      return
    }
  }

  /// What has no stream at all is no film.
  @Test func neitherAudioNorVideo() throws {
    guard case .ffmpegFailed(_, _, "Invalid data")? = try error("echo Invalid data >&2; exit 1", stream: 2)
    else {
      Issue.record("another error")
      return
    }
  }

  @Test(arguments: [2, 0, -1]) func whatLibsndfileReadsHasOne(stream: Int) throws {
    let error = audioError {
      try loader("cat \"$folder/sound.wav\"", stream: stream).load(fake.sound)
    }
    #expect(
      error as? AudioError == .noSuchAudioStream(path: fake.sound, stream: stream, streamCount: 1))
    expectIdentical(try loader("exit 1", stream: 1).load(fake.sound).samples, fake.samples)
  }
}

/// The same with the program itself.
@Suite(.enabled(if: FFmpeg().locate() != nil, "ffmpeg is not installed"))
struct RealAudioStreamTests {
  @Test func eachOfTwoStreams() throws {
    let folder = try TemporaryFolder()
    let sounds = try (1...2).map { number in
      try folder.writeFloatWave(Array(noise(6000).dropFirst(1000 * number)), to: "\(number).wav")
    }
    let program = try #require(FFmpeg().locate())
    let film = folder.path("film.mkv")
    try run(
      program,
      ["-nostdin", "-v", "error"] + sounds.flatMap { ["-i", $0] }
        + ["-map", "0:a", "-map", "1:a", "-c:a", "pcm_f32le", film])
    for (index, sound) in sounds.enumerated() {
      let expected = try AudioLoader().load(sound).samples
      expectIdentical(try AudioLoader(audioStream: index + 1).load(film).samples, expected)
    }
    for stream in [3, 0] {
      #expect(
        audioError { try AudioLoader(audioStream: stream).load(film) } as? AudioError
          == .noSuchAudioStream(path: film, stream: stream, streamCount: 2))
    }
  }
}
