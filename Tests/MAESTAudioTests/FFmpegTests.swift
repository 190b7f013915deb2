import Foundation
import MAESTAudio
import MAESTFrontEnd
import MAESTTestSupport
import Testing

/// Files that libsndfile cannot read go through a program; here one that does what the test wants.
struct FFmpegTests {
  let fake: FakeFFmpeg

  init() throws {
    fake = try FakeFFmpeg()
  }

  private func libsndfileMessage() throws -> String {
    guard
      case .undecodableFile(_, let message)? = audioError({ try AudioLoader(ffmpeg: nil).load(fake.input) })
        as? AudioError
    else { throw WritingFailed(name: fake.input) }
    return message
  }

  @Test func samplesAreThoseOfTheProgramsWave() throws {
    let signal = try fake.loader("cat \"$folder/sound.wav\"").load(fake.input)
    expectIdentical(signal.samples, fake.samples)
    #expect(
      signal.source
        == AudioSource(
          sampleRate: 16000, channelCount: 1, formatName: "decoded by ffmpeg", frameCount: 5000,
          decoder: "ffmpeg"))
  }

  @Test func whatLibsndfileReadsIsNotGivenToTheProgram() throws {
    let signal = try fake.loader("exit 1").load(fake.sound)
    #expect(signal.source?.decoder == "libsndfile")
    expectIdentical(signal.samples, fake.samples)
  }

  @Test func downmixAndResamplingAreOurs() throws {
    let samples = noise(2 * 30_000)
    _ = try fake.folder.writeFloatWave(samples, to: "stereo.wav", sampleRate: 44100, channelCount: 2)
    let loader = try fake.loader("cat \"$folder/stereo.wav\"")
    let signal = try loader.load(fake.input)
    #expect(signal.source?.sampleRate == 44100 && signal.source?.channelCount == 2)
    expectIdentical(signal.samples, try loader.load(fake.folder.path("stereo.wav")).samples)
  }

  @Test(arguments: ["-i.m4a", "https:song.m4a", "a b'\"$(x)\n.m4a"])
  func pathIsNeitherOptionNorAddressNorCommand(name: String) throws {
    let path = try fake.folder.write([1, 2, 3], to: name)
    let loader = try fake.loader(
      "for a; do printf '%s\\0' \"$a\"; done > \"$folder/args\"; cat \"$folder/sound.wav\"")
    #expect(try loader.load(path).samples.count == 5000)
    let arguments = try fake.folder.bytes(of: "args").split(separator: 0).map {
      String(decoding: $0, as: UTF8.self)
    }
    let place = try #require(arguments.firstIndex(of: "-i"))
    #expect(arguments[place + 1] == "file:" + path)
    let whitelist = try #require(arguments.firstIndex(of: "-protocol_whitelist"))
    #expect(whitelist < place && arguments[whitelist + 1] == "file")
  }

  @Test func standardInputIsEmpty() throws {
    let signal = try fake.loader("cat; cat \"$folder/sound.wav\"").load(fake.input)
    expectIdentical(signal.samples, fake.samples)
  }

  @Test func messagesWithoutEndBlockNothing() throws {
    let script = "head -c 3000000 /dev/zero | tr '\\0' x >&2; cat \"$folder/sound.wav\""
    expectIdentical(try fake.loader(script).load(fake.input).samples, fake.samples)
  }

  @Test func failureShowsTheLastLineOfBoth() throws {
    let error = try fake.error("echo first >&2; printf 'the \\033[31mlast\\n\\n \\n' >&2; exit 3")
    #expect(
      error
        == .ffmpegFailed(
          path: fake.input, libsndfileMessage: try libsndfileMessage(), message: "the [31mlast"))
  }

  @Test func lastLineIsTheLastOfMany() throws {
    let script =
      "exec 1>&-; head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2; yes | head -c 150000 >&2; echo last >&2; exit 1"
    #expect(
      try fake.error(script)
        == .ffmpegFailed(path: fake.input, libsndfileMessage: try libsndfileMessage(), message: "last"))
  }

  @Test(arguments: [
    ("exit 3", "no samples, exit status 3"), ("exit 0", "no samples, exit status 0"),
    ("kill -9 $$", "no samples, ended by signal 9"),
    ("head -c 30 \"$folder/sound.wav\"", "no samples, exit status 0"),
  ])
  func failureWithoutAMessageIsNamed(script: String, message: String) throws {
    #expect(
      try fake.error(script)
        == .ffmpegFailed(path: fake.input, libsndfileMessage: try libsndfileMessage(), message: message))
  }

  @Test(arguments: ["echo this is no wave stream", "cat /dev/zero", "yes"])
  func garbageIsRefused(script: String) throws {
    guard case .ffmpegFailed(_, _, let message)? = try fake.error(script) else {
      Issue.record("\(script) is accepted")
      return
    }
    #expect(message.contains("WAV header's signature"))
  }

  /// A wave whose header knows its length is over with its last sample.
  @Test func whatFollowsTheWaveIsNotLookedAt() throws {
    let script = "cat \"$folder/sound.wav\"; cat /dev/zero"
    expectIdentical(try fake.loader(script).load(fake.input).samples, fake.samples)
  }

  @Test func failureAfterSamplesIsNoSuccess() throws {
    let cut = "head -c 8000 \"$folder/sound.wav\"; echo went wrong >&2; exit 1"
    var loader = try fake.loader(cut)
    let warning = try #require(try loader.load(fake.input).warnings.first)
    #expect(warning.code == .damaged && warning.message.hasSuffix("went wrong"))
    loader.damaged = .refuse
    guard
      case .ffmpegBrokeOff(fake.input, let count, "went wrong")? =
        audioError({ try loader.load(fake.input) }) as? AudioError
    else {
      Issue.record("accepted")
      return
    }
    #expect(count > 1900 && count < 2000)
  }

  /// As in a process that ignores SIGCHLD: the system does not tell how the program ended.
  @Test(arguments: [
    "head -c 8000 \"$folder/sound.wav\"; exit 1", "cat \"$folder/header\" \"$folder/samples\"",
  ])
  func anExitThatIsNotKnownIsNoSuccess(script: String) throws {
    try fake.writeStream()
    let loader = try fake.loader("echo $$ > \"$folder/pid\"; \(script)")
    var reader = try loader.open(fake.input)
    let text = String(decoding: try fake.folder.bytes(of: "pid"), as: UTF8.self)
    let identifier = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    var status: Int32 = 0
    try #require(waitpid(identifier, &status, 0) == identifier)
    var samples: [Float] = []
    let error = audioError { while try reader.read(appendingTo: &samples) {} }
    #expect(
      error as? AudioError
        == .exitStatusUnknown(
          path: fake.input, program: fake.folder.path("program"), frameCount: samples.count))
    #expect(samples.count > 1900)
  }

  /// Seconds beyond what a clock counts.
  @Test func enormousLimitsAreNoTrap() throws {
    let limit = Duration(attoseconds: .max)
    let loader = try fake.loader(
      "cat \"$folder/sound.wav\"", stallLimit: limit, decodingTimeLimit: limit)
    expectIdentical(try loader.load(fake.input).samples, fake.samples)
    expectIdentical(try loader.load(fake.sound).samples, fake.samples)
  }

  @Test(arguments: ["", "head -c 20 \"$folder/sound.wav\"", "echo waiting >&2"])
  func hangingBeforeTheHeaderIsStopped(script: String) throws {
    let limit = Duration.milliseconds(200)
    #expect(
      try fake.error("\(script)\nexec sleep 1000", stallLimit: limit)
        == .ffmpegStalled(path: fake.input, frameCount: 0, limit: limit))
  }

  /// However much came within the limit: it is told of exactly what was given before.
  @Test func hangingAmidTheSamplesIsStopped() throws {
    let limit = Duration.milliseconds(200)
    let loader = try fake.loader(
      "head -c 8000 \"$folder/sound.wav\"; exec sleep 1000", stallLimit: limit)
    var samples: [Float] = []
    let error = audioError {
      var reader = try loader.open(fake.input)
      while try reader.read(appendingTo: &samples) {}
    }
    #expect(
      error as? AudioError == .ffmpegStalled(path: fake.input, frameCount: samples.count, limit: limit))
    #expect(samples.count < 2000)
    expectIdentical(samples, Array(fake.samples.prefix(samples.count)))
  }

  @Test func hangingAfterTheEndOfItsOutputIsStopped() throws {
    let limit = Duration.milliseconds(200)
    let script = "head -c 8000 \"$folder/sound.wav\"; exec 1>&- 2>&-; exec sleep 1000"
    guard case .ffmpegStalled? = try fake.error(script, stallLimit: limit) else {
      Issue.record("accepted")
      return
    }
  }

  /// Output without end is read chunk by chunk, and the program ends with the reader.
  @Test func programEndsWithItsReader() throws {
    try fake.writeStream()
    let script = "echo $$ > \"$folder/pid\"; cat \"$folder/header\"; exec cat /dev/zero"
    var samples: [Float] = []
    do {
      var reader = try fake.loader(script).open(fake.input)
      while samples.count < 1_000_000, try reader.read(appendingTo: &samples) {}
      #expect(reader.expectedSampleCount == nil)
    }
    #expect(samples.count >= 1_000_000)
    let text = String(decoding: try fake.folder.bytes(of: "pid"), as: UTF8.self)
    let identifier = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(identifier, 0) == -1 && errno == ESRCH)
  }

  @Test func programThatIsNoneIsNamed() throws {
    let program = fake.folder.path("none")
    let loader = AudioLoader(ffmpeg: FFmpeg(program: program))
    let error = audioError { try loader.load(fake.input) } as? AudioError
    #expect(
      error
        == .ffmpegNotStarted(path: fake.input, program: program, message: "No such file or directory"))
  }

  @Test func programIsFoundInTheFoldersOfThePath() throws {
    let folder = fake.folder
    for name in ["a", "b", "c", "b/ffmpeg"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    _ = try folder.write([1], to: "a/ffmpeg")
    _ = try folder.write([1], to: "c/ffmpeg")
    try run("/bin/chmod", ["+x", folder.path("c/ffmpeg")])
    let paths = ["a", "b", "c"].map(folder.path)
    // Not a file without the right to run, nor a folder.
    #expect(FFmpeg.find(inFolders: (["", "."] + paths).joined(separator: ":")) == folder.path("c/ffmpeg"))
    #expect(FFmpeg.find(inFolders: paths[..<2].joined(separator: ":")) == nil)
    #expect(FFmpeg.find(inFolders: "") == nil)
  }

  @Test func filesThatAreThereButNoFilesAreNotTried() throws {
    let loader = try fake.loader("cat \"$folder/sound.wav\"")
    #expect(
      audioError { try loader.load(fake.folder.path) } as? AudioError == .isFolder(path: fake.folder.path))
    let missing = fake.folder.path("none.m4a")
    #expect(audioError { try loader.load(missing) } as? AudioError == .fileNotFound(path: missing))
  }
}

/// The real program, where it is installed.
@Suite(.enabled(if: FFmpeg().locate() != nil, "ffmpeg is not installed"))
struct RealFFmpegTests {
  let folder: TemporaryFolder
  let stereo = Fixtures.path("audio/stereo-44k1.wav")

  init() throws {
    folder = try TemporaryFolder()
  }

  private func encode(_ arguments: [String], to name: String) throws -> String {
    let program = try #require(FFmpeg().locate())
    try run(program, ["-nostdin", "-v", "error", "-i", stereo] + arguments + [folder.path(name)])
    return folder.path(name)
  }

  @Test(arguments: [("a.m4a", ["-c:a", "alac"]), ("a.mkv", ["-c:a", "flac"])], ResampleQuality.allCases)
  func losslessFilesGiveTheBitsOfTheWave(file: (String, [String]), quality: ResampleQuality) throws {
    let path = try encode(file.1, to: file.0)
    let loader = AudioLoader(resampleQuality: quality)
    let signal = try loader.load(path)
    #expect(signal.source?.decoder == "ffmpeg")
    #expect(signal.source?.sampleRate == 44100 && signal.source?.channelCount == 2)
    expectIdentical(signal.samples, try loader.load(stereo).samples)
  }

  @Test func compressedSoundSurvives() throws {
    let path = try encode(["-c:a", "aac", "-b:a", "192k"], to: "a.m4a")
    let found = try AudioLoader().load(path).samples
    let expected = try AudioLoader().load(stereo).samples
    #expect(abs(found.count - expected.count) < 1600)
    let common = min(found.count, expected.count)
    expectClose(Array(found[..<common]), Array(expected[..<common]), relativeNorm: 0.2)
  }

  @Test func fileCutShort() throws {
    let path = try encode(["-c:a", "alac", "-movflags", "+faststart"], to: "whole.m4a")
    let bytes = try folder.bytes(of: "whole.m4a")
    #expect(try AudioLoader().load(path).source?.frameCount == 485_100)
    let cut = try folder.write(bytes.prefix(bytes.count * 2 / 3), to: "cut.m4a")
    let signal = try AudioLoader(sampleRate: 44100).load(cut)
    #expect(signal.samples.count > 250_000 && signal.samples.count < 400_000)
    let lost = try #require(signal.warnings.lostSeconds)
    #expect(abs(lost - Double(485_100 - signal.samples.count) / 44100) < 0.02)
    let half = try folder.write(bytes.prefix(bytes.count / 3), to: "half.m4a")
    guard case .mostlyLost(half, _, _)? = audioError({ try AudioLoader().load(half) }) as? AudioError else {
      Issue.record("accepted")
      return
    }
  }

  @Test func whatIsNoAudioIsRefused() throws {
    let path = try folder.write(Array("neither audio nor video".utf8), to: "a.m4a")
    guard
      case .ffmpegFailed(path, let libsndfileMessage, let message)? =
        audioError({ try AudioLoader().load(path) }) as? AudioError
    else {
      Issue.record("accepted")
      return
    }
    #expect(!libsndfileMessage.isEmpty && message.contains("Invalid data"))
  }
}
