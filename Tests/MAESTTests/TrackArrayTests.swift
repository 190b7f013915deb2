import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// A track's values in a file.
@Suite struct TrackArrayTests {
  private let path = ReferenceModel.monoPath

  private struct Metadata: Decodable {
    struct Entry: Decodable {
      var axes: [String]
      var shape: [Int]
      var dtype: String
      var layer: Int?
      var point: String
      var pooling: String?
      var normalization: String?
      var overWindows: String?
      var heads: String?
      var queries: [Int]?
    }
    var engine: String
    struct Span: Decodable, Equatable {
      var start: Double
    }
    var path: String
    var duration: Double
    var model: String
    var modelSha256: String
    var precision: String
    var patches: [Span]
    var labels: [String]?
    var arrays: [String: Entry]
  }

  @Test func everythingInOnePass() throws {
    let model = try ReferenceModel.version2.load()
    let mean = EmbeddingKind(.finalNorm, .clsDist, normalization: .l2, overWindows: .mean)
    let request = AnalysisRequest(
      taps: [.logits, .keys(layer: 2), .blockOutput(layer: 11), .attentionWeights(layer: 2)],
      embeddings: [.paper, mean])
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.npz")
      try model.writeArrays(ofFileAt: path, request, to: writer)
      let file = try ZipFile(contentsOfFile: folder + "/x.npz")
      let analysis = try model.analyze(fileAt: path, request)
      let expected: [(String, Tensor)] = try [
        ("layer07.blockOutput.cls-dist-mean", analysis[.paper]),
        ("layer02.attentionWeights.cls-dist", analysis[.attentionWeights(layer: 2)]),
        ("layer02.keys", analysis[.keys(layer: 2)]), ("layer11.blockOutput", analysis.tokens(layer: 11)),
        ("logits", analysis[.logits]), ("finalNorm.cls-dist.patch-mean.l2", analysis[mean]),
      ]
      let names = file.entries.map(\.name)
      #expect(Set(names) == Set(expected.map { $0.0 + ".npy" } + ["activations.npy", "metadata.npy"]))
      for (name, tensor) in expected {
        let array = try NumPyArray(try #require(file[name + ".npy"]), name: name)
        #expect(array.shape == tensor.shape, "\(name)")
        expectIdentical(array.elements, tensor.elements, name)
      }
      let text = try NumPyArray.text(try #require(file["metadata.npy"]), name: "metadata")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let metadata = try decoder.decode(Metadata.self, from: Data(text.utf8))
      check(metadata, model)
      #expect(
        Set(metadata.arrays.keys) == Set(names.map { String($0.dropLast(4)) }).subtracting(["metadata"]))
    }
  }

  private func check(_ metadata: Metadata, _ model: MAESTModel) {
    #expect(metadata.engine == EngineVersion.current)
    #expect(metadata.path == path)
    #expect(metadata.duration == 12.3)
    #expect(metadata.model == "discogs-maest-5s-tiny-2.pb")
    #expect(metadata.modelSha256 == model.description.provenance.sourceSHA256)
    #expect(metadata.precision == "exact")
    #expect(metadata.patches.map(\.start) == [0, 5.008])
    #expect(metadata.labels == model.labels)
    let paper = metadata.arrays["layer07.blockOutput.cls-dist-mean"]
    #expect(paper?.layer == 7)
    #expect(paper?.point == "blockOutput")
    #expect(paper?.pooling == "cls-dist-mean")
    #expect(paper?.normalization == "none")
    #expect(paper?.overWindows == "none")
    #expect(paper?.axes == ["patch", "embedding"])
    #expect(paper?.shape == [2, 144])
    #expect(paper?.dtype == "float32")
    let attention = metadata.arrays["layer02.attentionWeights.cls-dist"]
    #expect(attention?.heads == "each")
    #expect(attention?.queries == [0, 1])
    #expect(attention?.axes == ["patch", "head", "query", "token"])
    #expect(attention?.shape == [2, 3, 2, 281])
    let mean = metadata.arrays["finalNorm.cls-dist.patch-mean.l2"]
    #expect(mean?.layer == nil)
    #expect(mean?.overWindows == "mean")
    #expect(mean?.axes == ["embedding"])
  }

  @Test(arguments: ArrayFileFormat.allCases) func theSameBytesEveryTime(format: ArrayFileFormat) throws {
    try withTemporaryFolder { folder in
      let files = try (1...3).map { threads in
        let model = try ReferenceModel.version2.load(threads: threads)
        let target = folder + "/\(threads).\(format.rawValue)"
        try model.writeArrays(
          ofFileAt: path, AnalysisRequest(embeddings: [.maestInfer]), to: ArrayFileWriter(path: target))
        return try Data(contentsOf: URL(filePath: target))
      }
      #expect(Set(files).count == 1)
    }
  }

  @Test func everyPointHasANameOfItsOwn() {
    let taps: [Tap] = [
      .logits, .finalNorm(), .finalNorm(tokens: .leading), .blockOutput(layer: 1), .blockOutput(layer: 11),
      .blockOutput(layer: 1, tokens: .leading), .blockOutput(layer: 1, tokens: .tokens([0, 1])),
      .attentionOutput(layer: 1), .queries(layer: 1), .keys(layer: 1), .values(layer: 1),
      .attentionWeights(layer: 1), .attentionWeights(layer: 1, heads: .mean),
      .attentionWeights(layer: 1, queries: .all), .attentionWeights(layer: 1, queries: .tokens([5])),
      .attentionWeights(layer: 1, queries: .tokens([5, 7]), heads: .mean),
    ]
    #expect(Set(taps.map(\.arrayName)).count == taps.count)
    #expect(taps[15].arrayName == "layer01.attentionWeights.5-7.head-mean")
  }

  @Test func aFileThatFailsLeavesNothing() throws {
    let model = try ReferenceModel.version2.load()
    try withTemporaryFolder { folder in
      let writer = try ArrayFileWriter(path: folder + "/x.npz")
      #expect(throws: AudioError.self) {
        try model.writeArrays(ofFileAt: folder + "/missing.wav", AnalysisRequest(taps: [.logits]), to: writer)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }
}
