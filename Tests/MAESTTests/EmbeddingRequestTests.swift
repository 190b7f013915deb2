import MAEST
import MAESTTestSupport
import Testing

/// Embeddings that are made while a track is analysed.
@Suite struct EmbeddingRequestTests {
  private let path = ReferenceModel.monoPath

  private func kinds(_ normalization: EmbeddingKind.Normalization, _ summary: WindowAggregation?)
    -> [EmbeddingKind]
  {
    [EmbeddingKind.Source.blockOutput(layer: 7), .attentionOutput(layer: 3), .finalNorm].flatMap { source in
      Pooling.allCases.map {
        EmbeddingKind(source, $0, normalization: normalization, overWindows: summary)
      }
    }
  }

  @Test func embeddingsAreThePooledTokens() throws {
    let model = try ReferenceModel.version2.load()
    let sources: [EmbeddingKind.Source] = [.blockOutput(layer: 7), .attentionOutput(layer: 3), .finalNorm]
    let tokens = try model.analyze(
      fileAt: path, AnalysisRequest(taps: Set(sources.map { $0.tap(tokens: .all) })))
    let all =
      kinds(.none, nil) + kinds(.l2, nil) + kinds(.none, .mean) + kinds(.l2, .mean) + kinds(.l2, .max)
    let analysis = try model.analyze(fileAt: path, AnalysisRequest(embeddings: all))
    #expect(analysis.patches.count == 2)
    #expect(analysis.patches.allSatisfy { $0.output.taps.isEmpty && $0.embeddings.count == all.count })
    for kind in all {
      let found = try analysis[kind]
      var accumulator = EmbeddingAccumulator(kind)
      let expected = try tokens[kind.source.tap(tokens: .all)]
      for patch in 0..<2 { accumulator.add(try kind.ofPatch(expected[slice: patch])) }
      #expect(found.shape == accumulator.embedding?.shape, "\(kind)")
      expectIdentical(found.elements, accumulator.embedding?.elements ?? [], "\(kind)")
    }
    #expect(try analysis[.paper].shape[0] == 2)
    #expect(throws: ModelError.notRequested(values: "cls of layer 8's block output")) {
      try analysis[EmbeddingKind(.blockOutput(layer: 8), .cls)]
    }
  }

  /// The paper's embedding against the tokens that Essentia gives.
  @Test func thePapersEmbeddingIsEssentias() throws {
    let model = try ReferenceModel.version1.load()
    let embedding = try model.analyze(fileAt: path, AnalysisRequest(embeddings: [.paper]))[.paper]
    let reference = try ReferenceModel.expected(.layer(7))
    let (width, tokenCount) = (48, 281)
    #expect(embedding.shape == [2, 3 * width])
    for patch in 0..<2 {
      for column in 0..<width {
        let tokens = (0..<tokenCount).map { reference.elements[(patch * tokenCount + $0) * width + column] }
        let mean = Float(tokens.dropFirst(2).reduce(0) { $0 + Double($1) } / Double(tokenCount - 2))
        for (part, expected) in [tokens[0], tokens[1], mean].enumerated() {
          #expect(abs(embedding[patch, part * width + column] - expected) < 2e-5)
        }
      }
    }
  }

  /// CLS and DIST of the last block, worked on alone, are those of all tokens to the last bit.
  @Test(arguments: [1, 12]) func leadingTokensAloneGiveTheSame(layer: Int) throws {
    let model = try ReferenceModel.version2.load()
    let (cls, mean) = (
      EmbeddingKind(.blockOutput(layer: layer), .cls), EmbeddingKind(.blockOutput(layer: layer), .mean)
    )
    let alone = try model.analyze(fileAt: path, AnalysisRequest(embeddings: [cls]))
    let beside = try model.analyze(fileAt: path, AnalysisRequest(taps: [.logits], embeddings: [mean, cls]))
    #expect(try alone[cls] == beside[cls])
    #expect(beside.patches.allSatisfy { $0.output.taps == [.logits] })
  }

  @Test func noMoreIsAskedForThanIsNeeded() {
    let last = EmbeddingKind.Source.blockOutput(layer: 12)
    func taps(_ kinds: [EmbeddingKind], _ taps: Set<Tap> = []) -> Set<Tap> {
      EmbeddingPlan(AnalysisRequest(taps: taps, embeddings: kinds)).taps
    }
    let (cls, mean) = (EmbeddingKind(last, .cls), EmbeddingKind(last, .mean))
    #expect(taps([]) == [])
    #expect(taps([cls]) == [.blockOutput(layer: 12, tokens: .leading)])
    #expect(taps([cls, mean]) == [.blockOutput(layer: 12)])
    #expect(taps([cls], [.blockOutput(layer: 12)]) == [.blockOutput(layer: 12)])
    #expect(taps([.maestInfer, .paper]) == [.finalNorm(tokens: .leading), .blockOutput(layer: 7)])
    #expect(
      taps([cls, EmbeddingKind(.finalNorm, .mean)])
        == [.blockOutput(layer: 12, tokens: .leading), .finalNorm()])
  }

  /// Where the bits of a token depend on how many are worked on together, each embedding has its own way.
  @Test func withoutIndependentRowsNothingIsShared() {
    let last = EmbeddingKind.Source.blockOutput(layer: 12)
    let request = AnalysisRequest(
      taps: [.blockOutput(layer: 12)], embeddings: [EmbeddingKind(last, .cls), EmbeddingKind(last, .mean)])
    #expect(
      EmbeddingPlan(request, rowsAreIndependent: false).taps
        == [.blockOutput(layer: 12, tokens: .leading), .blockOutput(layer: 12)])
  }

  @Test func requestsThatTheModelCannotMeet() throws {
    let model = try ReferenceModel.version2.load()
    for source in [EmbeddingKind.Source.blockOutput(layer: 13), .attentionOutput(layer: 13)] {
      #expect(throws: ModelError.noSuchLayer(layer: 13, layerCount: 12)) {
        try model.analyze(fileAt: path, AnalysisRequest(embeddings: [EmbeddingKind(source, .cls)]))
      }
    }
  }

  @Test func streamsGiveThemToo() async throws {
    let model = try ReferenceModel.version2.load()
    let request = AnalysisRequest(embeddings: [EmbeddingKind(.finalNorm, .clsDist, normalization: .l2)])
    let expected = try model.analyze(fileAt: path, request)
    var patches: [[EmbeddingKind: Tensor]] = []
    for try await patch in try model.analyses(of: AudioChunks(path: path), request) {
      patches.append(patch.embeddings)
    }
    #expect(patches == expected.patches.map(\.embeddings))
    #expect(patches.count == 2)
  }

  /// A separate head does not change what is kept.
  @Test func besideASeparateHead() throws {
    let model = try ReferenceModel.version1.load()
    let head = try ClassificationHeadModel(
      path: Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb"))
    let kind = EmbeddingKind(.blockOutput(layer: 12), .cls)
    let alone = try model.analyze(fileAt: path, AnalysisRequest(embeddings: [kind]))
    let both = try model.analyze(
      fileAt: path, AnalysisRequest(taps: [.logits], embeddings: [kind]), head: head)
    #expect(try both[kind] == alone[kind])
    #expect(both.patches.allSatisfy { $0.output.taps == [.logits] && $0.output.activations?.count == 400 })
  }
}
