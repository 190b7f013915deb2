import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Helpers that do what they should not; `DecodeHelperTests` has the real one.
struct DecoderIsolationTests {
  let folder: TemporaryFolder
  let input: String
  let samples = noise(3000)

  init() throws {
    folder = try TemporaryFolder()
    input = try folder.write(Array("sound".utf8), to: "sound")
    let bytes = samples.flatMap { sample in
      withUnsafeBytes(of: sample.bitPattern.littleEndian) { Array($0) }
    }
    // One block of 3000 samples.
    _ = try folder.write([0xB8, 0x0B, 0, 0] + bytes, to: "samples")
    let header =
      #"{"channelCount":2,"decoder":"libsndfile","expectedFrameCount":1500,"formatName":"Noise","sampleRate":16000}"#
    _ = try folder.write(Array("\(header)\n".utf8), to: "header")
  }

  private static let end = #"echo '{"code":"done","frameCount":1500}' >&2"#
  private static let all = "cat \"$folder/header\" \"$folder/samples\""

  private func loader(_ script: String, limit: Duration? = nil) throws -> AudioLoader {
    let program = try folder.writeProgram(script)
    return AudioLoader(
      ffmpeg: nil, decodingTimeLimit: limit,
      isolation: DecoderIsolation(program: program, arguments: ["first", "second"]))
  }

  private func error(_ script: String, limit: Duration? = nil) throws -> AudioError? {
    let loader = try loader(script, limit: limit)
    return audioError { try loader.load(input) } as? AudioError
  }

  @Test func samplesAndFactsAreTheHelpers() throws {
    let script = """
      test "$*" = "first second \(input)" || exit 3
      \(Self.all)
      echo a note of the decoder >&2
      \(Self.end)
      """
    let signal = try loader(script).load(input)
    let expected = stride(from: 0, to: 3000, by: 2).map { 0.5 * (samples[$0] + samples[$0 + 1]) }
    expectIdentical(signal.samples, expected)
    #expect(
      signal.source
        == AudioSource(sampleRate: 16000, channelCount: 2, formatName: "Noise", frameCount: 1500))
    #expect(try loader(script).open(input).expectedSampleCount == 1500)
  }

  @Test(arguments: [("", 0), (all, 1500), ("cat \"$folder/header\"; head -c 8008 \"$folder/samples\"", 1000)])
  func crashIsAnErrorOfTheFile(script: String, frameCount: Int) throws {
    #expect(
      try error("\(script)\n\(Self.end)\nkill -SEGV $$")
        == .decoderCrashed(path: input, frameCount: frameCount, signal: 11))
  }

  @Test(arguments: [
    ("", 0), ("printf '{'", 0), (all, 1500), ("\(all); exec 1>&-", 1500),
    ("\(all); \(end); exec 1>&- 2>&-", 1500),
  ])
  func hangingHelperIsStopped(script: String, frameCount: Int) throws {
    let limit = Duration.milliseconds(300)
    guard
      case .decodingTookTooLong(input, let count, limit)? =
        try error("\(script)\nexec sleep 1000", limit: limit)
    else {
      Issue.record("it is not stopped")
      return
    }
    // A slow start may use up the time alone.
    #expect(count <= frameCount)
  }

  @Test(arguments: [
    "echo no header", "yes", "cat /dev/zero", "head -c 70000 /dev/zero", "echo; \(end)", "\(end)", "exit 0",
    "exit 3",
    #"echo '{"channelCount":0,"decoder":"x","formatName":"x","sampleRate":16000}'"#,
    #"echo '{"channelCount":1,"decoder":"x","formatName":"x","sampleRate":0}'"#,
    #"echo '{"channelCount":1,"decoder":"x","expectedFrameCount":-1,"formatName":"x","sampleRate":1}'"#,
  ])
  func whatIsNoHeaderIsRefused(script: String) throws {
    guard case .isolatedDecoderFailed(input, 0, let message)? = try error(script) else {
      Issue.record("\(script) is accepted")
      return
    }
    #expect(!message.isEmpty)
  }

  /// Samples that are not known to be all are never taken for the whole file.
  @Test(arguments: [
    (all, "exit status 0"), ("\(all); exit 4", "exit status 4"),
    ("\(all); echo why >&2", "why, exit status 0"),
    ("\(all); \(end); exit 1", #"{"code":"done","frameCount":1500}, exit status 1"#),
    ("\(all); echo '{\"code\":\"done\",\"frameCount\":1501}' >&2", "1500 frames came of 1501"),
  ])
  func endThatIsNoneIsRefused(script: String, message: String) throws {
    #expect(
      try error(script) == .isolatedDecoderFailed(path: input, frameCount: 1500, message: message))
  }

  /// As in a process that ignores SIGCHLD: the system does not tell how the helper ended.
  @Test func anExitThatIsNotKnownIsNoSuccess() throws {
    let loader = try loader("echo $$ > \"$folder/pid\"; \(Self.all); \(Self.end)")
    var reader = try loader.open(input)
    let text = String(decoding: try folder.bytes(of: "pid"), as: UTF8.self)
    let identifier = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    var status: Int32 = 0
    try #require(waitpid(identifier, &status, 0) == identifier)
    var samples: [Float] = []
    let error = audioError { while try reader.read(appendingTo: &samples) {} }
    #expect(
      error as? AudioError
        == .exitStatusUnknown(path: input, program: folder.path("program"), frameCount: 1500))
  }

  @Test func errorsOfTheDecoderAreThoseInProcess() throws {
    let script =
      #"echo '{"code":"decodingFailed","expectedFrameCount":9,"frameCount":7,"message":"why"}' >&2"#
    #expect(
      try error("\(Self.all); \(script); exit 1")
        == .decodingFailed(path: input, frameCount: 7, expectedFrameCount: 9, message: "why"))
    let other = #"echo '{"code":"other","frameCount":7,"message":"why"}' >&2"#
    #expect(
      try error("\(other); exit 1") == .isolatedDecoderFailed(path: input, frameCount: 7, message: "why"))
  }

  @Test func whatItCannotReadGoesToFFmpeg() throws {
    let script = #"echo '{"code":"undecodableFile","frameCount":0,"message":"why"}' >&2; exit 1"#
    var loader = try loader(script)
    #expect(
      audioError { try loader.load(input) } as? AudioError == .undecodableFile(path: input, message: "why"))
    loader.ffmpeg = FFmpeg(program: "/bin/false")
    #expect(
      audioError { try loader.load(input) } as? AudioError
        == .ffmpegFailed(path: input, libsndfileMessage: "why", message: "no samples, exit status 1"))
  }

  @Test func helperThatIsNoneIsNamed() throws {
    let program = folder.path("none")
    let loader = AudioLoader(isolation: DecoderIsolation(program: program, arguments: []))
    #expect(
      audioError { try loader.load(input) } as? AudioError
        == .isolatedDecoderNotStarted(path: input, program: program, message: "No such file or directory"))
  }

  /// No process is started for a file that is not there.
  @Test func filesAreLookedAtBefore() throws {
    let loader = try loader("exit 1")
    let (missing, empty) = (folder.path("none"), try folder.write([], to: "empty"))
    #expect(audioError { try loader.load(missing) } as? AudioError == .fileNotFound(path: missing))
    #expect(audioError { try loader.load(folder.path) } as? AudioError == .isFolder(path: folder.path))
    #expect(audioError { try loader.load(empty) } as? AudioError == .emptyFile(path: empty))
  }

  /// The helper ends with its reader, and so does what it started.
  @Test func helperEndsWithItsReader() throws {
    let helper =
      "sleep 1000 & echo $! > \"$folder/pid\"; cat \"$folder/header\"; while cat \"$folder/samples\"; do :; done"
    do {
      var reader = try loader(helper).open(input)
      var samples: [Float] = []
      for _ in 0..<3 { _ = try reader.read(appendingTo: &samples) }
      #expect(!samples.isEmpty)
    }
    let pid = String(decoding: try folder.bytes(of: "pid"), as: UTF8.self).split(separator: "\n")[0]
    // It is gone, or dead and not yet waited for by the system.
    let script = """
      for round in $(seq 6000); do
        kill -0 \(pid) 2>/dev/null || exit 0
        grep -q 'State:.Z' /proc/\(pid)/status && exit 0
        sleep 0.01
      done
      exit 1
      """
    try run("/bin/sh", ["-c", script])
  }
}
