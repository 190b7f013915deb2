import Foundation
import MAESTTestSupport
import Testing

/// Bad input of every kind: one clear line, a non-zero exit, never a crash.
@Suite struct BadInputTests {
  let mono = Fixtures.path("audio/mono-16k.wav")

  private func expectOneLine(
    _ result: Program.Result, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.exitCode == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    for word in words {
      #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
    }
  }

  private func write(_ bytes: Data, _ name: String, in folder: String) throws {
    try bytes.write(to: URL(filePath: folder + "/" + name))
  }

  @Test func graphs() throws {
    try withTemporaryFolder { folder in
      let graph = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")))
      try write(Data(), "empty.pb", in: folder)
      try write(Data("no graph at all".utf8), "text.pb", in: folder)
      try write(graph.prefix(graph.count / 2), "cut.pb", in: folder)
      // A graph of one node: a placeholder named x.
      try write(
        Data([0x0a, 0x10, 0x0a, 1, 0x78, 0x12, 0x0b]) + Data("Placeholder".utf8), "other.pb", in: folder)
      let convert = { try Program.convert.run([$0], folder: folder) }
      expectOneLine(try convert("missing.pb"), ["missing.pb", "no such file"])
      expectOneLine(try convert("empty.pb"), ["empty.pb", "empty"])
      expectOneLine(try convert("text.pb"), ["text.pb", "not a TensorFlow graph"])
      expectOneLine(try convert("cut.pb"), ["cut.pb", "truncated"])
      expectOneLine(try convert("other.pb"), ["no input of shape [batch, time, mel]"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("safetensors") }
      )
    }
  }

  @Test func weightFiles() throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/whole.safetensors")
      let whole = try Data(contentsOf: URL(filePath: folder + "/whole.safetensors"))
      try write(whole.dropLast(100), "cut.safetensors", in: folder)
      var flipped = whole
      flipped[flipped.startIndex + 200] ^= 1
      try write(flipped, "flipped.safetensors", in: folder)
      let tag = { try Program.maest.run(["tag", mono, "--model", $0], folder: folder) }
      expectOneLine(try tag("missing.safetensors"), ["missing.safetensors", "no such file"])
      expectOneLine(try tag("cut.safetensors"), ["cut.safetensors", "truncated"])
      expectOneLine(try tag("flipped.safetensors"), ["flipped.safetensors"])
      expectOneLine(try tag(mono), ["unknown file type", "expected a weight file"])
    }
  }

  @Test func audio() throws {
    try withTemporaryFolder { folder in
      let model = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
      _ = try Program.convert.run([model, "-o", "m.safetensors", "--quiet"], folder: folder)
      try write(Data(), "empty.wav", in: folder)
      try write(Data("this is not audio".utf8), "text.wav", in: folder)
      try write(floatWave([Float](repeating: .nan, count: 100_000)), "nan.wav", in: folder)
      let tag = { try Program.maest.run(["tag", $0, "--model", "m.safetensors"], folder: folder) }
      expectOneLine(try tag("missing.wav"), ["missing.wav", "no such file"])
      expectOneLine(try tag("empty.wav"), ["empty.wav", "empty"])
      expectOneLine(try tag("text.wav"), ["text.wav", "libsndfile"])
      expectOneLine(try tag("nan.wav"), ["nan.wav", "sample 0", "NaN"])
      try FileManager.default.createDirectory(atPath: folder + "/none", withIntermediateDirectories: false)
      expectOneLine(try tag("none"), ["none: there are no audio files in this folder"])
      expectOneLine(
        try tag(Fixtures.path("audio/short-16k.wav")), ["32000 samples", "80385", "--last-patch repeat"])
    }
  }

  /// A float WAV file of one channel at 16 kHz.
  private func floatWave(_ samples: [Float]) -> Data {
    func field<T: FixedWidthInteger>(_ value: T) -> Data {
      withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
    let payload = samples.withUnsafeBytes { Data($0) }
    var data = Data("RIFF".utf8) + field(UInt32(36 + payload.count)) + Data("WAVEfmt ".utf8)
    data += field(UInt32(16)) + field(UInt16(3)) + field(UInt16(1)) + field(UInt32(16000))
    data += field(UInt32(64000)) + field(UInt16(4)) + field(UInt16(32))
    return data + Data("data".utf8) + field(UInt32(payload.count)) + payload
  }
}
