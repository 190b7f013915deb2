import Foundation
import MAESTAudio
import MAESTTestSupport
import Testing

/// mp3 files that do not say how many frames they have.
struct UncountedFramesTests {
  let folder: TemporaryFolder
  let variable = Fixtures.path("audio/variable-44k1.mp3")
  let constant = Fixtures.path("audio/mono-44k1.mp3")

  init() throws {
    folder = try TemporaryFolder()
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  private func frames(_ path: String) throws -> [Float] {
    try AudioLoader(sampleRate: 44100, ffmpeg: nil).load(path).samples
  }

  /// 193 frames of 1152 samples, which are 5 s; by the size of the first one there would be 49859 samples.
  @Test func variableBitrateIsReadToTheEnd() throws {
    let reader = try AudioLoader().open(variable)
    #expect(reader.expectedSampleCount == nil)
    #expect(try frames(variable).count == 193 * 1152)
  }

  /// The decoder is the same: what came before its guess of the end comes now too.
  @Test(arguments: ["variable-44k1.mp3", "mono-44k1.mp3"])
  func samplesAreThoseOfAPipe(name: String) throws {
    let path = Fixtures.path("audio/" + name)
    let pipe = folder.path("pipe")
    try run("/usr/bin/mkfifo", [pipe])
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "exec cat \"$0\" > \"$1\"", path, pipe]
    try writer.run()
    expectIdentical(try frames(pipe), try frames(path))
    writer.waitUntilExit()
  }

  @Test func tagsAtEitherEndAreNoSound() throws {
    let sound = try bytes(variable)
    let before = Array("ID3".utf8) + [3, 0, 0, 0, 3, 0x0D, 0x40] + [UInt8](repeating: 0xFF, count: 50880)
    // Its text looks like the beginning of a frame.
    let after = Array("TAG".utf8) + sound.prefix(125)
    for (name, bytes) in [
      ("before", before + sound), ("after", sound + after), ("both", before + sound + after),
    ] {
      let path = try folder.write(bytes, to: name + ".mp3")
      expectIdentical(try frames(path), try frames(variable), name)
    }
  }

  @Test(arguments: [1, 100, 500, 5000])
  func fileCutShortGivesWhatIsThere(missing: Int) throws {
    for path in [variable, constant] {
      let cut = try folder.write(try bytes(path).dropLast(missing), to: "cut.mp3")
      let (found, whole) = (try frames(cut), try frames(path))
      #expect(found.count < whole.count && found.count % 1152 == 0)
      expectIdentical(found, Array(whole.prefix(found.count)))
    }
  }

  @Test func damageIsLeftOut() throws {
    var sound = try bytes(variable)
    sound.replaceSubrange(10_000..<20_000, with: [UInt8](repeating: 0, count: 10_000))
    let path = try folder.write(sound, to: "damaged.mp3")
    let signal = try AudioLoader(sampleRate: 44100, ffmpeg: nil).load(path)
    #expect(signal.samples.count % 1152 == 0 && signal.samples.count < 193 * 1152)
    let damage = try #require(signal.warnings.first)
    let lost = Double(193 * 1152 - signal.samples.count) / 44100
    #expect(signal.warnings.count == 1 && damage.code == .damaged)
    #expect(abs((damage.seconds ?? 0) - lost) < 0.5 * lost)
    let error = audioError { try AudioLoader(damaged: .refuse, ffmpeg: nil).load(path) } as? AudioError
    #expect(error == .damaged(path: path, damage))
  }

  /// A header that counts the frames is believed.
  @Test func countedFramesStayKnown() throws {
    let path = Fixtures.path("fuzz/audio/counted.mp3")
    var reader = try AudioLoader(sampleRate: 22050).open(path)
    #expect(reader.expectedSampleCount == 6615)
    var samples: [Float] = []
    while try reader.read(appendingTo: &samples) {}
    #expect(samples.count == 6615)
  }
}
