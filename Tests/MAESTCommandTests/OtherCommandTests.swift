import Foundation
import MAESTTestSupport
import Testing

@Suite struct EmbedCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  @Test func tokensOfALayer() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "5", "--pooling", "tokens", "-o", "x.npy"], folder: folder)
      #expect(result.exitCode == 0)
      let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
      #expect(array.shape == [2, 281, 48])
      // Essentia's output number 7 is the fifth block.
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_7.npy"))
      expectClose(array.elements, expected.elements, maximum: 1e-4, relativeNorm: 1e-5)
    }
  }

  @Test func pooledEmbedding() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--pooling", "cls-dist-mean", "-o", "x.npy"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(try NumPyArray(contentsOfFile: folder + "/x.npy").shape == [2, 144])
    }
  }

  @Test func failuresLeaveNoFile() throws {
    try withTemporaryFolder { folder in
      let beyond = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "13", "-o", "x.npy"], folder: folder)
      #expect(beyond.exitCode == 1)
      #expect(beyond.errors.contains("layers 1 to 12"))
      let unwritable = try Program.maest.run(
        ["embed", mono, "--model", graph, "-o", "missing/x.npy"], folder: folder)
      #expect(unwritable.exitCode == 1)
      #expect(unwritable.errors.contains("missing/x.npy: cannot write"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npy") })
    }
  }
}

@Suite struct ModelCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")

  @Test func labelsInOutputOrder() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["labels", graph], folder: folder)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 400)
      #expect(lines.first == "Blues---Boogie Woogie")
      let json = try Program.maest.run(["labels", graph, "--json"], folder: folder)
      #expect(try JSONDecoder().decode([String].self, from: Data(json.output.utf8)) == lines.map(String.init))
    }
  }

  @Test func facts() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["info", graph, "--json"], folder: folder)
      let facts = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(facts["tokenCount"] as? Int == 281)
      #expect(facts["blockCount"] as? Int == 12)
      #expect(
        (facts["outputs"] as? [String: [String]])?["layer 7"]?.contains("PartitionedCall/Identity_7") == true)
      let table = try Program.maest.run(["info", graph], folder: folder)
      #expect(table.output.contains("281: CLS, DIST, 9 x 31"))
    }
  }

  @Test func systemFacts() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["info", "--system"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("Threads: "))
      let wrong = try Program.maest.run(
        ["info", "--system"], folder: folder, environment: ["MAEST_CPU": "abacus"])
      #expect(wrong.exitCode == 1)
      #expect(wrong.errors.contains("abacus"))
    }
  }

  @Test func helpHasExamplesAndCompletionExists() throws {
    try withTemporaryFolder { folder in
      for command in [["--help"], ["tag", "--help"], ["embed", "--help"], ["info", "--help"], ["labels", "--help"]] {
        let result = try Program.maest.run(command, folder: folder)
        #expect(result.exitCode == 0)
        #expect(result.output.contains("Example"))
      }
      #expect(try Program.convert.run(["--help"], folder: folder).output.contains("Examples"))
      let completion = try Program.maest.run(["--generate-completion-script", "bash"], folder: folder)
      #expect(completion.exitCode == 0 && completion.output.contains("_maest"))
    }
  }
}

@Suite struct ConvertCommandTests {
  @Test func convertsBesideTheGraph() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"), toPath: folder + "/graph.pb")
      let result = try Program.convert.run(["graph.pb"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("graph.safetensors") && result.output.contains("unused"))
      #expect(result.errors.contains("400 Discogs styles"), "labels were assumed")
      let tags = try Program.maest.run(
        ["tag", Fixtures.path("audio/mono-16k.wav"), "--model", "graph.safetensors"], folder: folder)
      #expect(tags.exitCode == 0)
    }
  }
}

/// Bad input of every kind: one clear line, a non-zero exit, never a crash.
@Suite struct BadInputTests {
  let mono = Fixtures.path("audio/mono-16k.wav")

  private func expectOneLine(_ result: Program.Result, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(result.exitCode == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation) }
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
      try write(Data([0x0a, 0x10, 0x0a, 1, 0x78, 0x12, 0x0b]) + Data("Placeholder".utf8), "other.pb", in: folder)
      let convert = { try Program.convert.run([$0], folder: folder) }
      expectOneLine(try convert("missing.pb"), ["missing.pb", "no such file"])
      expectOneLine(try convert("empty.pb"), ["empty.pb", "empty"])
      expectOneLine(try convert("text.pb"), ["text.pb", "not a TensorFlow graph"])
      expectOneLine(try convert("cut.pb"), ["cut.pb", "truncated"])
      expectOneLine(try convert("other.pb"), ["not a MAEST graph"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("safetensors") })
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
      expectOneLine(try tag(mono), ["not a model"])
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
      expectOneLine(try tag("."), ["folder"])
      expectOneLine(
        try tag(Fixtures.path("audio/short-16k.wav")), ["32000 samples", "80385", "--last-patch repeat"])
    }
  }

  /// A float WAV file of one channel at 16 kHz.
  private func floatWave(_ samples: [Float]) -> Data {
    func field<T: FixedWidthInteger>(_ value: T) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
    let payload = samples.withUnsafeBytes { Data($0) }
    var data = Data("RIFF".utf8) + field(UInt32(36 + payload.count)) + Data("WAVEfmt ".utf8)
    data += field(UInt32(16)) + field(UInt16(3)) + field(UInt16(1)) + field(UInt32(16000))
    data += field(UInt32(64000)) + field(UInt16(4)) + field(UInt16(32))
    return data + Data("data".utf8) + field(UInt32(payload.count)) + payload
  }
}
