import Foundation
import MAESTTestSupport
import Testing

@Suite struct DecodeCommandTests {
  let stereo = Fixtures.path("audio/stereo-44k1.wav")

  private func decode(_ arguments: [String], folder: String) throws -> NumPyArray {
    let result = try Program.maest.run(["decode"] + arguments + ["-o", "x.npy"], folder: folder)
    #expect(result.exitCode == 0, "\(result.errors)")
    let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
    #expect(result.output.hasPrefix("x.npy: float32 \(array.shape), 11.0 s at "), "\(result.output)")
    #expect(result.output.hasSuffix("44100 Hz, 2 channels\n"), "\(result.output)")
    return array
  }

  @Test(arguments: 0...4) func samplesOfMonoLoader(quality: Int) throws {
    try withTemporaryFolder { folder in
      // 4 is what is taken where nothing is said.
      let arguments = quality == 4 ? [stereo] : [stereo, "--quality", "\(quality)"]
      let found = try decode(arguments, folder: folder)
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/monoloader-stereo-44k1/quality\(quality).npy"))
      #expect(found.shape == expected.shape)
      expectClose(found.elements, expected.elements, maximum: [1, 2].contains(quality) ? 1e-7 : 0)
    }
  }

  /// At the file's own rate a channel's samples are those in the file.
  @Test(arguments: ["left", "right", "mix"]) func channels(downmix: String) throws {
    let frames = try Data(contentsOf: URL(filePath: stereo)).dropFirst(44).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { frame in
        (0..<2).map { channel in
          let bits = bytes.loadUnaligned(fromByteOffset: 4 * frame + 2 * channel, as: Int16.self)
          return Float(Int16(littleEndian: bits)) / 32768
        }
      }
    }
    try withTemporaryFolder { folder in
      let found = try decode([stereo, "--rate", "44100", "--downmix", downmix], folder: folder)
      let expected = frames.map { frame in
        downmix == "left" ? frame[0] : downmix == "right" ? frame[1] : 0.5 * (frame[0] + frame[1])
      }
      expectIdentical(found.elements, expected, downmix)
    }
  }

  @Test func failuresLeaveNoFile() throws {
    try withTemporaryFolder { folder in
      let missing = try Program.maest.run(["decode", "missing.wav", "-o", "x.npy"], folder: folder)
      #expect(missing.exitCode == 1 && missing.errorLines.count == 1 && missing.output.isEmpty)
      #expect(missing.errors.contains("missing.wav") && missing.errors.contains("no such file"))
      let unwritable = try Program.maest.run(["decode", stereo, "-o", "nowhere/x.npy"], folder: folder)
      #expect(unwritable.exitCode == 2 && unwritable.errorLines.count == 1 && unwritable.output.isEmpty)
      #expect(unwritable.errors.contains("nowhere/x.npy: cannot write"), "\(unwritable.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npy") })
    }
  }

  @Test(arguments: [
    ["x.wav"], ["x.wav", "-o", "x.npy", "--quality", "5"], ["x.wav", "-o", "x.npy", "--rate", "0"],
    ["x.wav", "-o", "x.npy", "--downmix", "centre"],
  ])
  func wrongCommandLinesAreUsageErrors(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["decode"] + arguments, folder: folder)
      #expect(result.exitCode == 64)
      #expect(result.errors.contains("Usage:"))
    }
  }
}
