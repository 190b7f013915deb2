import Foundation
import Logging
import MAEST
import MAESTConverter
import MAESTTestSupport
import Testing

/// Classification heads in files of their own, against numbers of the real Essentia.
@Suite struct HeadModelTests {
  static let path = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")

  @Test(arguments: ReferenceModel.allCases) func activationsAndLogits(_ reference: ReferenceModel) throws {
    let head = try ClassificationHeadModel(path: Self.path)
    #expect(head.tokenCount == 281 && head.embeddingWidth == 48 && head.labels.count == 400)
    let analysis = try reference.load().analyze(fileAt: ReferenceModel.monoPath, .tags, head: head)
    for (name, values) in [
      ("activations", analysis.patches.flatMap { $0.output.activations?.elements ?? [] }),
      ("logits", analysis.patches.flatMap { $0.output.logits?.elements ?? [] }),
    ] {
      let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/head/\(name).npy"))
      expectClose(
        values, expected.elements,
        maximum: name == "logits" ? EssentiaTolerance.logits : EssentiaTolerance.activations, name)
    }
    #expect(analysis.labels == head.labels)
    #expect(analysis.patches.allSatisfy { $0.output.taps == [.logits] }, "tokens nobody asked for")
  }

  /// The tokens that are asked for besides are there, and are the model's.
  @Test func tokensBeside() throws {
    let model = try ReferenceModel.version2.load()
    let head = try ClassificationHeadModel(path: Self.path)
    let request = AnalysisRequest(taps: [.logits, .blockOutput(layer: 12), .blockOutput(layer: 3)])
    let with = try model.analyze(fileAt: ReferenceModel.monoPath, request, head: head)
    let without = try model.analyze(fileAt: ReferenceModel.monoPath, request)
    for layer in [3, 12] {
      expectIdentical(
        try with.tokens(layer: layer).elements, try without.tokens(layer: layer).elements)
    }
  }

  @Test func notAskedForLogitsTheHeadIsNotRun() throws {
    let head = try ClassificationHeadModel(path: Self.path)
    let analysis = try ReferenceModel.version2.load().analyze(
      fileAt: ReferenceModel.monoPath, .tokens(layer: 2), head: head)
    #expect(analysis.patches.allSatisfy { $0.output.logits == nil && $0.output.activations == nil })
  }

  @Test func headOfAnotherModel() throws {
    let model = try MAESTModel(path: Fixtures.path("graphs/maest-module-frozen.pb"))
    let head = try ClassificationHeadModel(path: Self.path)
    let signal = AudioSignal(samples: Array(repeating: 0.1, count: 20_000), sampleRate: 16_000)
    #expect(throws: ModelError.headMismatch(path: Self.path, expected: [281, 48], found: [29, 16])) {
      try model.analyze(signal, .tags, head: head)
    }
  }

  /// Tokens of any shape at all are refused, and the error can be told.
  @Test func tokensOfAnotherShape() throws {
    let head = try ClassificationHeadModel(path: Self.path)
    for shape in [[], [5], [281, 47], [1, 281, 48]] {
      let tokens = Tensor(shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)))
      let error = #expect(
        throws: ModelError.headMismatch(path: Self.path, expected: [281, 48], found: shape)
      ) {
        try head(tokens)
      }
      #expect(error?.description.contains("\(shape)") == true)
    }
  }

  @Test func noHeads() throws {
    for path in [ReferenceModel.version2.graphPath, ReferenceModel.version1.graphPath] {
      do {
        _ = try ClassificationHeadModel(path: path)
        Issue.record("\(path) was taken for a head")
      } catch let error as ConversionError {
        #expect("\(error)".contains("looks like a whole model"))
      }
    }
    #expect(throws: ModelError.noHeadFile(path: "/nowhere.pb")) {
      try ClassificationHeadModel(path: "/nowhere.pb")
    }
    #expect(throws: ConversionError.self) { try ClassificationHeadModel(path: ReferenceModel.monoPath) }
  }

  @Test func labelsFromTheMetadataBesideIt() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/head.pb"
      try FileManager.default.copyItem(atPath: Self.path, toPath: path)
      let labels = (0..<400).map { "Parent---\($0)" }
      let metadata = try JSONEncoder().encode(["classes": labels])
      try metadata.write(to: URL(filePath: folder + "/head.json"))
      #expect(try ClassificationHeadModel(path: path).labels == labels)
      try JSONEncoder().encode(["classes": ["one"]]).write(to: URL(filePath: folder + "/head.json"))
      do {
        _ = try ClassificationHeadModel(path: path)
        Issue.record("labels of another count were taken")
      } catch let error as ConversionError {
        #expect("\(error)".contains("it names 1 classes, the graph has 400 outputs"))
      }
    }
  }
}
