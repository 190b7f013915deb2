import Foundation
import MAEST
import MAESTTestSupport
import Testing

@Suite struct AnalysisTests {
  @Test func onlyWhatIsAskedForIsThere() throws {
    let model = try ReferenceModel.version2.load()
    let tags = try model.analyze(fileAt: ReferenceModel.monoPath, .tags)
    #expect(tags.patches.allSatisfy { $0.output.taps == [.logits] && $0.output.logits?.count == 400 })
    let tokens = try model.analyze(fileAt: ReferenceModel.monoPath, .tokens(layer: 7))
    #expect(tokens.patches.allSatisfy { $0.output.logits == nil && $0.output.activations == nil })
    #expect(throws: ModelError.notRequested(values: "blockOutput of layer 6")) { try tokens.tokens(layer: 6) }
    #expect(throws: ModelError.notRequested(values: "activations")) { try tokens.meanActivations }
    #expect(throws: ModelError.notRequested(values: "activations")) { try tokens.topTags(3) }
  }

  @Test func logitsDoNotDependOnOtherTaps() throws {
    let model = try ReferenceModel.version2.load()
    let alone = try model.analyze(fileAt: ReferenceModel.monoPath, .tags)
    let together = try model.analyze(
      fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: ReferenceModel.everything))
    for (one, other) in zip(alone.patches, together.patches) {
      expectIdentical(one.output.logits?.elements ?? [], other.output.logits?.elements ?? [.nan])
    }
  }

  @Test(arguments: [1, 2, 3, 8]) func resultsDoNotDependOnThreads(_ threads: Int) throws {
    let request = AnalysisRequest(taps: [.logits, .blockOutput(layer: 7)])
    let one = try ReferenceModel.version2.load(threads: 1).analyze(fileAt: ReferenceModel.stereoPath, request)
    let many = try ReferenceModel.version2.load(threads: threads)
      .analyze(fileAt: ReferenceModel.stereoPath, request)
    expectIdentical(try one.meanActivations, try many.meanActivations)
    expectIdentical(
      try one.tokens(layer: 7).elements, try many.tokens(layer: 7).elements, "layer 7")
  }

  @Test func concurrentAnalysesOverOneModel() async throws {
    let model = try ReferenceModel.version2.load()
    let alone = try model.analyze(fileAt: ReferenceModel.monoPath).meanActivations
    try await withThrowingTaskGroup(of: [Float]?.self) { group in
      for _ in 0..<8 { group.addTask { try model.analyze(fileAt: ReferenceModel.monoPath).meanActivations } }
      for try await result in group { #expect(result == alone) }
    }
  }

  @Test func topTagsAreSortedAndStable() throws {
    let tags = try LabelActivation.top(
      3, of: [0.2, 0.9, 0.5, 0.9, 0.1], labels: ["a", "b", "c", "d", "e"], threshold: 0.3)
    #expect(tags.map(\.label) == ["b", "d", "c"])
    #expect(
      try LabelActivation.top(9, of: [0.2, 0.9], labels: ["a", "b"], threshold: 0.5).map(\.label) == ["b"])
  }

  @Test func anyNumberOfTagsAndAnyThreshold() throws {
    let (values, labels): ([Float], [String]) = ([0.2, .nan, 0.9], ["a", "b", "c"])
    for (count, threshold, expected) in [
      (0, 0, []), (-1, 0, []), (.min, 0, []), (.max, 0, ["c", "a"]), (9, -.infinity, ["c", "a"]),
      (9, .infinity, []), (9, .nan, []),
    ] as [(Int, Float, [String])] {
      #expect(
        try LabelActivation.top(count, of: values, labels: labels, threshold: threshold).map(\.label)
          == expected)
    }
    let analysis = try ReferenceModel.version2.load().analyze(fileAt: ReferenceModel.monoPath)
    #expect(try analysis.topTags(-1).isEmpty && analysis.topTags(.min, over: .max).isEmpty)
    #expect(try analysis.curve(ofTopTags: -5).tags.isEmpty)
    #expect(try analysis.topTags(.max, threshold: -.infinity).count == 400)
    #expect(try analysis.topTags(3, threshold: .nan).isEmpty)
  }

  /// Names of another model's labels are refused, more of them and fewer.
  @Test func labelsOfAnotherModel() throws {
    let analysis = try ReferenceModel.version2.load().analyze(fileAt: ReferenceModel.monoPath)
    for count in [0, 399, 519] {
      let labels = [String](repeating: "a", count: count)
      let error = ModelError.wrongLabelCount(found: count, expected: 400)
      #expect(throws: error) { try analysis.patches[0].topTags(3, labels: labels) }
      #expect(throws: error) {
        try LabelActivation.top(3, of: [Float](repeating: 0, count: 400), labels: labels)
      }
    }
  }

  @Test func noTokensAtAll() throws {
    let taps: Set<Tap> = [
      .blockOutput(layer: 7, tokens: .tokens([])), .attentionWeights(layer: 7, queries: .tokens([])),
      .attentionWeights(layer: 7, queries: .tokens([]), heads: .mean), .finalNorm(tokens: .tokens([])),
    ]
    let analysis = try ReferenceModel.version2.load().analyze(
      fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: taps))
    for tap in taps { #expect(try analysis[tap].count == 0) }
  }

  @Test func anEmbeddingAskedForTwice() throws {
    let model = try ReferenceModel.version2.load()
    var request = AnalysisRequest(embeddings: [.paper])
    let once = try model.analyze(fileAt: ReferenceModel.monoPath, request)[.paper]
    request.embeddings.append(.paper)
    #expect(try model.analyze(fileAt: ReferenceModel.monoPath, request)[.paper] == once)
    try withTemporaryFolder { folder in
      let path = folder + "/twice.npy"
      try model.writeArrays(ofFileAt: ReferenceModel.monoPath, request, to: ArrayFileWriter(path: path))
      #expect(try NumPyArray(contentsOfFile: path).elements == once.elements)
    }
  }

  @Test func patchTimes() throws {
    let analysis = try ReferenceModel.version2.load().analyze(fileAt: ReferenceModel.monoPath)
    #expect(analysis.patches.map(\.patch.startTime) == [0, 313 * 256.0 / 16000])
    #expect(analysis.duration == 12.3)
  }

  @Test func hopIsObeyed() throws {
    let model = try ReferenceModel.version2.load()
    let count = { (hop: Int) in
      try model.analyze(fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], hopSize: hop))
        .patches.count
    }
    #expect(try count(100) == 5)
    #expect(try count(0) == 2)
    #expect(throws: SignalError.hopLargerThanPatch(hop: 317, patchSize: 316)) { try count(317) }
  }

  @Test func refusals() throws {
    let model = try ReferenceModel.version2.load()
    #expect(throws: ModelError.noSuchLayer(layer: 13, layerCount: 12)) {
      try model.analyze(fileAt: ReferenceModel.monoPath, .tokens(layer: 13))
    }
    #expect(throws: ModelError.noSuchLayer(layer: 0, layerCount: 12)) {
      try model.analyze(fileAt: ReferenceModel.monoPath, .tokens(layer: 0))
    }
    #expect(throws: SignalError.tooShort(sampleCount: 32000, neededSampleCount: 80385, sampleRate: 16000)) {
      try model.analyze(fileAt: ReferenceModel.shortPath)
    }
    #expect(throws: SignalError.sampleRateMismatch(found: 44100, expected: 16000)) {
      try model.analyze(AudioSignal(samples: [0], sampleRate: 44100))
    }
    var samples = [Float](repeating: 0.1, count: 200_000)
    samples[199_000] = .nan
    #expect(throws: SignalError.nonFiniteSample(index: 199_000, time: 12.4375)) {
      try model.analyze(AudioSignal(samples: samples, sampleRate: 16000))
    }
  }

  @Test func silenceIsExactAndFinite() throws {
    let model = try ReferenceModel.version2.load()
    let silence = AudioSignal(samples: [Float](repeating: 0, count: 100_000), sampleRate: 16000)
    let first = try model.analyze(silence).meanActivations
    #expect(first.count == 400 && first.allSatisfy { (0...1).contains($0) })
    expectIdentical(first, try model.analyze(silence).meanActivations)
  }
}
