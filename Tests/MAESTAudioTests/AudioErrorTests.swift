import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Messages say what was found, what was expected and what to do.
struct AudioErrorTests {
  static let expectations: [(AudioError, [String])] = [
    (.fileNotFound(path: "a.wav"), ["a.wav", "no such file"]),
    (.isFolder(path: "music"), ["music", "folder"]),
    (.emptyFile(path: "a.wav"), ["a.wav", "empty"]),
    (.undecodableFile(path: "a.m4a", message: "why"), ["a.m4a", "why", "flac", "ffmpeg"]),
    (.noSuchAudioStream(path: "a.mkv", stream: 3, streamCount: 2), ["a.mkv", "stream 3", "has 2", "from 1"]),
    (
      .decodingFailed(path: "a.flac", frameCount: 7, expectedFrameCount: 9, message: "why"),
      ["a.flac", "7 of 9 frames", "why"]
    ),
    (
      .decodingFailed(path: "a.flac", frameCount: 7, expectedFrameCount: nil, message: "why"),
      ["7 of unknown frames"]
    ),
    (
      .ffmpegNotFound(path: "a.m4a", libsndfileMessage: "why"),
      ["a.m4a", "libsndfile: why", "Install ffmpeg"]
    ),
    (
      .ffmpegNotStarted(path: "a.m4a", program: "/bin/ffmpeg", message: "why"),
      ["a.m4a", "/bin/ffmpeg", "why", "Install ffmpeg"]
    ),
    (
      .ffmpegFailed(path: "a.m4a", libsndfileMessage: "why", message: "because"),
      ["a.m4a", "libsndfile: why", "ffmpeg: because"]
    ),
    (.ffmpegBrokeOff(path: "a.m4a", frameCount: 7, message: "why"), ["a.m4a", "7 frames", "ffmpeg: why"]),
    (
      .ffmpegStalled(path: "a.m4a", frameCount: 7, limit: .seconds(2)),
      ["a.m4a", "7 frames", "2.0 seconds"]
    ),
    (
      .decodingTookTooLong(path: "a.mp3", frameCount: 7, limit: .seconds(2)),
      ["a.mp3", "7 frames", "2.0 seconds", "more time"]
    ),
    (
      .decoderCrashed(path: "a.mp3", frameCount: 7, signal: 11), ["a.mp3", "crashed (signal 11)", "7 frames"]
    ),
    (
      .exitStatusUnknown(path: "a.m4a", program: "/bin/ffmpeg", frameCount: 7),
      ["a.m4a", "/bin/ffmpeg", "7 frames", "SIGCHLD"]
    ),
    (
      .isolatedDecoderNotStarted(path: "a.mp3", program: "/bin/helper", message: "why"),
      ["a.mp3", "/bin/helper", "why"]
    ),
    (
      .isolatedDecoderFailed(path: "a.mp3", frameCount: 7, message: "why"),
      ["a.mp3", "7 frames", "why", "right program"]
    ),
    (.noSamples(path: "a.wav"), ["a.wav", "no samples"]),
    (.invalidWAVHeader(field: "sample rate", found: "0", expected: "more"), ["sample rate", "0", "more"]),
    (.wavHeaderCutShort(byteCount: 17), ["17 bytes"]),
    (.signal(.nonFiniteSample(index: 16, time: 0.5)), ["16", "0.5", "NaN"]),
  ]

  @Test(arguments: expectations)
  func messageNamesNumbersAndRemedy(error: AudioError, words: [String]) {
    for word in words {
      #expect(error.description.contains(word))
    }
    #expect(!error.description.contains("  "))
  }

  @Test func codesAreTheNamesOfTheCases() {
    for (error, _) in Self.expectations {
      if case .signal(let signal) = error {
        #expect(error.code == signal.code)
      } else {
        #expect(error.code == Mirror(reflecting: error).children.first?.label)
      }
    }
    #expect(Set(Self.expectations.map(\.0.code)).count == 20)
  }
}
