import CSndfile
import Foundation
import MAESTAudio
import MAESTTestSupport
import Testing

/// Samples are counted by decoding.
struct SampleCountTests {
  /// What a file's header says is no help where it is wrong.
  @Test func filesAreCounted() throws {
    let folder = try TemporaryFolder()
    let loader = AudioLoader()
    for name in ["audio/stereo-44k1.wav", "audio/mono-44k1.mp3", "audio/mono-16k.wav"] {
      let path = Fixtures.path(name)
      #expect(try loader.sampleCount(of: path, upTo: .max) == loader.load(path).samples.count)
    }
    _ = try folder.writeSound(
      noise(50_000), to: "whole.wav", format: Int(SF_FORMAT_WAV) | Int(SF_FORMAT_PCM_16))
    let cut = try folder.write(folder.bytes(of: "whole.wav").prefix(44 + 2 * 30_001), to: "cut.wav")
    #expect(try loader.sampleCount(of: cut, upTo: .max) == 30_001)
    let some = try loader.sampleCount(of: Fixtures.path("audio/mono-16k.wav"), upTo: 1000) ?? 0
    #expect(some >= 1000 && some < 196_800)
    #expect(throws: AudioError.fileNotFound(path: "/nowhere.wav")) {
      try loader.sampleCount(of: "/nowhere.wav", upTo: .max)
    }
  }

  @Test func pipesAreNotCounted() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(try AudioLoader().sampleCount(of: folder.path("pipe"), upTo: .max) == nil)
  }
}
