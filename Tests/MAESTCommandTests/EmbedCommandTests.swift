import Foundation
import MAESTFrontEnd
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct EmbedCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  @Test func tokensOfALayer() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "5", "--pooling", "tokens", "-o", "x.npy"],
        folder: folder)
      #expect(result.exitCode == 0)
      let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
      #expect(array.shape == [2, 281, 48])
      // Essentia's output number 7 is the fifth block.
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_7.npy"))
      expectClose(array.elements, expected.elements, relativeNorm: EssentiaTolerance.tokens)
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

  /// The arrays of a JSON object, flat, and what the metadata says of them.
  private struct JSONFile: Decodable {
    struct Stored: Decodable {
      var shape: [Int]
      var values: [[Float]]
    }
    struct Metadata: Decodable {
      struct Patch: Decodable {
        var start: Double
      }
      var path: String
      var patches: [Patch]
    }
    var metadata: Metadata
    var arrays: [String: Stored]
  }

  @Test func severalLayersAndPoolingsInOnePass() throws {
    try withTemporaryFolder { folder in
      let run = { (arguments: [String]) in
        try Program.maest.run(["embed", mono, "--model", graph] + arguments, folder: folder)
      }
      let result = try run([
        "--layer", "6-7", "--layer", "7,12", "--pooling", "cls", "--pooling", "mean3", "--pooling",
        "clsdist-final", "--l2", "-o", "x.npz", "--json",
      ])
      #expect(result.exitCode == 0, "\(result.errors)")
      let names = ["06", "07", "12"].flatMap { layer in
        ["cls", "mean3"].map { "layer\(layer).blockOutput.\($0).l2" }
      }
      let file = try ZipFile(contentsOfFile: folder + "/x.npz")
      #expect(
        file.entries.map(\.name) == (names + ["finalNorm.cls-dist.l2", "metadata"]).map { $0 + ".npy" })
      for name in names + ["finalNorm.cls-dist.l2"] {
        let array = try NumPyArray(try #require(file[name + ".npy"]), name: name)
        #expect(array.shape == [2, 48])
        let norms = [array.elements[..<48], array.elements[48...]].map { $0.reduce(0) { $0 + $1 * $1 } }
        #expect(norms.allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(result.output.contains(#""\#(name)":{"#))
      }
      #expect(result.output.hasSuffix(#""output":"x.npz"}"# + "\n"))
      // One of them alone has the same numbers.
      #expect(try run(["--layer", "12", "--pooling", "cls", "--l2", "-o", "y.npy"]).exitCode == 0)
      let alone = try NumPyArray(contentsOfFile: folder + "/y.npy")
      let among = try NumPyArray(try #require(file["layer12.blockOutput.cls.l2.npy"]), name: "x")
      expectIdentical(alone.elements, among.elements)
    }
  }

  @Test func withoutAnOutputEachFileIsALineOfJSON() throws {
    try withTemporaryFolder { folder in
      let files = [mono, "missing.wav", Fixtures.path("audio/stereo-44k1.wav")]
      let result = try Program.maest.run(
        ["embed"] + files + ["--model", graph, "--pooling", "mean"], folder: folder)
      #expect(result.exitCode == 1)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[1].contains(#""error":"#) && lines[1].contains(#""path":"missing.wav""#))
      #expect(result.errorLines.last == "maest: 1 of 3 files failed")
      for (line, path) in [(lines[0], files[0]), (lines[2], files[2])] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(JSONFile.self, from: Data(line.utf8))
        #expect(file.metadata.path == path)
        let array = try #require(file.arrays["layer07.blockOutput.mean"])
        #expect(array.shape == [file.metadata.patches.count, 48])
        let written = try Program.maest.run(
          ["embed", path, "--model", graph, "--pooling", "mean", "-o", "x.npy"], folder: folder)
        #expect(written.exitCode == 0)
        expectIdentical(
          array.values.flatMap(\.self), try NumPyArray(contentsOfFile: folder + "/x.npy").elements)
      }
    }
  }

  @Test func aFolderOfFiles() throws {
    try withTemporaryFolder { folder in
      let files = [mono, Fixtures.path("audio/stereo-44k1.wav")]
      let result = try Program.maest.run(
        ["embed"] + files
          + ["--model", graph, "--over-windows", "mean", "--out-dir", "a/b", "--format", "safetensors"],
        folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("a/b/mono-16k.safetensors  12.3 s, 2 patches"))
      for name in ["mono-16k", "stereo-44k1"] {
        let file = try SafeTensorsFile(path: folder + "/a/b/\(name).safetensors")
        #expect(file.entries["layer07.blockOutput.cls-dist-mean.patch-mean"]?.shape == [144])
        #expect(file.metadata["metadata"]?.contains(#""model":"discogs-maest-5s-tiny-1.pb""#) == true)
      }
    }
  }

  @Test(arguments: [
    (["--layer", "7-3"], ["'7-3' names no layers"]), (["--layer", "7,"], ["'' names no layers"]),
    (["--layer", "x"], ["'x' names no layers", "1-12"]),
    (["--pooling", "x"], ["cls-dist-mean", "clsdist-final"]),
    (["-o", "x.txt"], ["x.txt", ".npy, .npz, .safetensors, .json"]),
    (["-o", "x.npz", "--out-dir", "d"], ["choose one"]), (["--format", "npy"], ["--out-dir"]),
    (["--json"], ["--json belongs to"]),
    (["other/mono-16k.mp3", "--out-dir", "d"], ["both become d/mono-16k.npz"]),
    (["other.wav", "-o", "x.npz"], ["-o takes one audio file, not 2"]),
  ])
  func wrongCommandLines(arguments: [String], words: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["embed", mono, "--model", graph] + arguments, folder: folder)
      #expect(result.exitCode == 64, "\(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
    }
  }

  @Test(arguments: ["13", "0", "1-1000000000000", "12-13"]) func layersOutOfRange(layer: String) throws {
    try withTemporaryFolder { folder in
      _ = try Program.convert.run([graph, "-o", "m.safetensors", "--quiet"], folder: folder)
      let result = try Program.maest.run(
        ["embed", mono, "--model", "m.safetensors", "--layer", layer, "-o", "x.npz"], folder: folder)
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("\(layer == "0" ? "0" : "13"): the model has layers 1 to 12"))
      #expect(result.errorLines.count == 1)
    }
  }

  @Test func moreThanAFileOfOneArrayTakes() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "all", "-o", "x.npy"], folder: folder)
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("not 12"))
      #expect(result.errors.contains("layer01.blockOutput.cls-dist-mean"))
    }
  }

  /// The disk is full while patches wait, or when the file is put together.
  @Test(arguments: ["x.npz", "x.safetensors", "x.json", "x.npy"]) func aFullDisk(output: String) throws {
    try withTemporaryFolder { folder in
      let arguments = ["embed", mono, "--model", "m.safetensors", "-o", output]
      #expect(
        try Program.convert.run([graph, "-o", "m.safetensors", "--quiet"], folder: folder).exitCode == 0)
      for (pooling, limit) in [("tokens", 20), ("cls-dist-mean", 3)] where output != "x.npy" || limit == 20 {
        let result = try Program.maest.run(
          arguments + ["--pooling", pooling], folder: folder, fileSizeLimit: limit)
        #expect(result.exitCode == 2)
        #expect(result.errors.contains("\(output): cannot write"), "\(result.errors)")
        #expect(result.errorLines.count == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.allSatisfy { !$0.hasPrefix("x.") && !$0.hasPrefix(".") }, "\(names)")
      }
      #expect(try Program.maest.run(arguments, folder: folder).exitCode == 0)
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
      #expect(unwritable.exitCode == 2)
      #expect(unwritable.errors.contains("missing/x.npy: cannot write"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npy") })
    }
  }
}
