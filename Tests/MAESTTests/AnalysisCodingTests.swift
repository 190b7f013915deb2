import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Results survive encoding, and print in a line.
@Suite struct AnalysisCodingTests {
  private static let request = AnalysisRequest(
    taps: [
      .logits, .finalNorm(tokens: .leading), .blockOutput(layer: 2, tokens: .tokens([0, 7])),
      .attentionWeights(layer: 12, heads: .mean), .attentionOutput(layer: 1), .keys(layer: 3),
    ], embeddings: [.paper, .track])

  @Test func analysesComeBackAsTheyWere() throws {
    let analysis = try ReferenceModel.version2.load().analyze(
      fileAt: ReferenceModel.monoPath, Self.request)
    let data = try JSONEncoder().encode(analysis)
    let copy = try JSONDecoder().decode(Analysis.self, from: data)
    #expect(copy.labels == analysis.labels && copy.duration == analysis.duration)
    #expect(copy.patches.map(\.patch) == analysis.patches.map(\.patch))
    #expect(copy.patches.map(\.output.values) == analysis.patches.map(\.output.values))
    #expect(copy.patches.map(\.output.activations) == analysis.patches.map(\.output.activations))
    #expect(copy.patches.map(\.embeddings) == analysis.patches.map(\.embeddings))
    let curve = try analysis.curve(ofTopTags: 3)
    #expect(try JSONDecoder().decode(ActivationCurve.self, from: JSONEncoder().encode(curve)) == curve)
  }

  @Test func namesOfTapsAreRead() {
    for tap in Self.request.taps { #expect(Tap(arrayName: tap.arrayName) == tap) }
    let wrong = [
      "", "layer07", "layer007.keys", "layer7.keys", "layer00.keys", "logits.x", "finalNorm.tokens-1-x",
    ]
    for name in wrong + ["layer07.attentionWeights", "layer07.keys.x", "layer07.blockOutput.tokens-"] {
      #expect(Tap(arrayName: name) == nil, "\(name)")
    }
  }

  @Test(arguments: [
    #"{"shape": [2, 3], "elements": [1]}"#, #"{"shape": [-1, -1], "elements": [1]}"#,
    #"{"shape": [4294967296, 4294967296], "elements": []}"#,
  ])
  func tensorsThatDoNotFillTheirShapeAreRefused(json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Tensor.self, from: Data(json.utf8)) }
  }

  @Test func embeddingKindsAreRead() throws {
    for kind in [EmbeddingKind.paper, .maestInfer, .track, EmbeddingKind(.attentionOutput(layer: 3), .cls)] {
      #expect(try JSONDecoder().decode(EmbeddingKind.self, from: JSONEncoder().encode(kind)) == kind)
    }
  }

  /// `print` of anything fits a few lines.
  @Test func descriptionsAreShort() throws {
    let model = try ReferenceModel.version2.load()
    let analysis = try model.analyze(fileAt: ReferenceModel.monoPath, Self.request)
    let track = try model.spectrogram(ofFileAt: ReferenceModel.monoPath)
    let signal = try AudioLoader().load(ReferenceModel.monoPath)
    let values: [Any] = [
      model, model.description, analysis, analysis.patches[0], analysis.patches[0].output, track.bands,
      signal,
      try analysis[.logits],
    ]
    for value in values {
      let text = "\(value)"
      #expect(text.count < 400, "\(type(of: value)): \(text.prefix(200))")
    }
    #expect("\(analysis)".hasPrefix("2 patches of 12.3 s: "))
  }

  @Test func errorsSpeakForThemselves() {
    let error: any Error = ModelError.noHead
    #expect(error.localizedDescription == "\(ModelError.noHead)")
    let signalError: any Error = SignalError.noSamples
    #expect(signalError.localizedDescription.contains("no samples"))
  }

  @Test func cosineSimilarity() throws {
    let vectors = [[1, 0, 0], [0, 2, 0], [3, 0, 0], [0, 0, 0], [.nan, 0, 0]].map {
      Tensor(shape: [3], elements: $0)
    }
    #expect(try vectors[0].cosineSimilarity(to: vectors[1]) == 0)
    #expect(try vectors[0].cosineSimilarity(to: vectors[2]) == 1)
    #expect(try vectors[3].cosineSimilarity(to: vectors[3]) == 1)
    #expect(try vectors[0].cosineSimilarity(to: vectors[3]) == 0)
    #expect(try vectors[0].cosineSimilarity(to: vectors[4]) == 0)
    #expect(throws: ModelError.self) {
      try vectors[0].cosineSimilarity(to: Tensor(shape: [1], elements: [1]))
    }
  }

  @Test func attentionAsAMap() throws {
    let model = try ReferenceModel.version2.load()
    let analysis = try model.analyze(fileAt: ReferenceModel.monoPath, Self.request)
    let weights = try #require(analysis.patches[0].output[.attentionWeights(layer: 12, heads: .mean)])
    let map = try model.tokenMap.map(ofTokens: weights[slice: 0])
    let grid = model.tokenMap.grid
    #expect(map.shape == [grid.frequencyCount, grid.timeCount])
    #expect(map[1, 2] == weights[0, try grid.token(at: TokenGrid.Cell(frequency: 1, time: 2))])
    #expect(throws: ModelError.self) { try model.tokenMap.map(ofTokens: weights) }
  }
}
