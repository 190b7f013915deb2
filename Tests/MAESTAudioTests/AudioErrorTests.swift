import MAESTAudio
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
    (.noSamples(path: nil), ["no samples"]),
    (.nonFiniteSample(index: 16, time: 0.5), ["16", "0.5", "NaN"]),
    (.sampleOutOfRange(index: 16, time: 0.5, value: 2e12, limit: 1e12), ["16", "0.5", "2e+12", "1e+12"]),
    (.invalidChannelCount(0), ["0 channels", "1 to 1024"]),
    (.invalidWAVHeader(field: "sample rate", found: "0", expected: "more"), ["sample rate", "0", "more"]),
    (.wavHeaderCutShort(byteCount: 17), ["17 bytes"]),
    (.unsupportedSampleRates(from: 3, to: 16000), ["3 Hz", "16000 Hz", "256"]),
    (.resamplingFailed(message: "why"), ["why"]),
    (.sampleRateMismatch(found: 44100, expected: 16000), ["44100", "16000"]),
    (.wrongFrameLength(found: 3, expected: 512), ["3", "512"]),
    (.invalidConfiguration(parameter: "hopLength", found: "0", expected: "1"), ["hopLength", "0", "1"]),
    (
      .tooShort(sampleCount: 32000, neededSampleCount: 80385, sampleRate: 16000),
      ["32000", "80385", "2.0 s", "5.024 s", "--last-patch repeat"]
    ),
    (.invalidPatchSize(0), ["0", "1 to 1048576"]),
    (.invalidPatchHop(-1), ["-1", "0"]),
    (.hopLargerThanPatch(hop: 317, patchSize: 316), ["317", "316"]),
    (.invalidHopTime(0.001, frameTime: 0.016), ["0.001 s", "0.016 s"]),
    (.invalidWindowCount(-2), ["-2 windows", "at least 1"]),
    (.noWindowPlaces, ["no place"]),
    (.invalidWindowPlace(1.5), ["1.5", "from 0", "to 1"]),
    (.invalidTimeRange(start: 3, end: 2), ["3.0 s", "2.0 s"]),
    (.invalidTimeRange(start: -1, end: nil), ["-1.0 s", "the end"]),
    (.rangeBeyondEnd(start: 3, end: 20, duration: 12.5), ["3.0 s to 20.0 s", "12.5 s long"]),
    (.rangeBeyondEnd(start: 13, end: nil, duration: 12.5), ["13.0 s to the end", "12.5 s long"]),
    (.unknownLength, ["length", "by hop"]),
    (.lengthChanged(found: 7, expected: 9), ["9 samples", "and 7"]),
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
      #expect(error.code == caseName(error))
    }
    #expect(Set(Self.expectations.map(\.0.code)).count == 39)
  }

  /// The name that reflection sees, which it does of cases with a payload.
  private func caseName(_ error: AudioError) -> String {
    Mirror(reflecting: error).children.first?.label
      ?? (error == .noWindowPlaces ? "noWindowPlaces" : "unknownLength")
  }
}
