import MAEST
import MAESTEssentia
import MAESTTestSupport
import Testing

/// Every output of both generations of graphs against numbers of the real Essentia with TensorFlow.
@Suite struct PredictionReferenceTests {
  private func expectClose(_ found: Tensor, _ number: Int) throws {
    let expected = try Reference.expected(output: number)
    let isToken = number != 0 && number != 13
    #expect(found.shape == (isToken ? [2, 1, 281, 48] : [2, 1, 1, 400]))
    MAESTTestSupport.expectClose(
      found.elements, expected.elements,
      maximum: isToken ? .infinity : number == 0 ? EssentiaTolerance.activations : EssentiaTolerance.logits,
      relativeNorm: isToken ? EssentiaTolerance.tokens : .infinity,
      "output \(number)")
  }

  @Test(arguments: 0...13) func firstGeneration(number: Int) throws {
    let predict = try TensorflowPredictMAEST(
      graphFilename: Reference.version1, input: "serving_default_melspectrogram",
      output: "StatefulPartitionedCall:\(number)")
    try expectClose(try predict(Reference.signal.get()), number)
  }

  @Test(arguments: 0...13) func secondGeneration(number: Int) throws {
    let other = Reference.version2Number(ofVersion1: number)
    let predict = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, input: "melspectrogram",
      output: other == 0 ? "PartitionedCall/Identity" : "PartitionedCall/Identity_\(other)")
    try expectClose(try predict(Reference.signal.get()), number)
  }

  /// The outer names of the second generation are in alphabetical order: activations, layer_00 to layer_11, logits.
  @Test(arguments: [("Identity:0", 0), ("Identity_7", 9), ("Identity_13", 13)])
  func outerNames(name: String, number: Int) throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: name)
    try expectClose(try predict(Reference.signal.get()), number)
  }

  @Test(arguments: [("activations", 0), ("logits", 13), ("layer 5", 7)])
  func readableNames(name: String, number: Int) throws {
    for graph in [Reference.version1, Reference.version2] {
      let predict = try TensorflowPredictMAEST(graphFilename: graph, output: name)
      #expect(predict.output != name, "the graph's own name")
      try expectClose(try predict(Reference.signal.get()), number)
    }
  }

  @Test func lastPatchRepeated() throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version1, lastPatchMode: .repeat)
    let found = try predict(Reference.signal.get())
    #expect(found.shape == [3, 1, 1, 400])
    MAESTTestSupport.expectClose(
      found.elements, try Reference.expected("options-v1/repeat").elements,
      maximum: EssentiaTolerance.activations)
  }

  @Test func shortSignalRepeated() throws {
    let predict = try TensorflowPredictMAEST(graphFilename: Reference.version1, lastPatchMode: .repeat)
    let found = try predict(MonoLoader(filename: Reference.short, sampleRate: 16000, resampleQuality: 4)())
    #expect(found.shape == [1, 1, 1, 400])
    MAESTTestSupport.expectClose(
      found.elements, try Reference.expected("options-v1/short_repeat").elements,
      maximum: EssentiaTolerance.activations)
  }

  @Test func headOnTokensOfTheLastLayer() throws {
    let tokens = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, output: "PartitionedCall/Identity_12")(Reference.signal.get())
    let names = ["PartitionedCall/Identity", "PartitionedCall/Identity_1"]
    let head = try TensorflowPredict(graphFilename: Reference.head, inputs: ["embeddings"], outputs: names)
    let pool = try head(["embeddings": tokens])
    #expect(Set(pool.keys) == Set(names) && pool.values.allSatisfy { $0.shape == [2, 1, 1, 400] })
    for (name, file) in zip(names, ["head/logits", "head/activations"]) {
      MAESTTestSupport.expectClose(
        pool[name]?.elements ?? [], try Reference.expected(file).elements,
        maximum: file == "head/logits" ? EssentiaTolerance.logits : EssentiaTolerance.activations, name)
    }
  }

  /// A node within the network, as the reference gives it too: the tokens that enter the first block.
  @Test func anyNodeOfTheGraph() throws {
    let name = "PartitionedCall/onnx_tf_prefix_/m/audio_spectrogram_transformer/embeddings/Add"
    let found = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: name)(
      Reference.signal.get())
    #expect(found.shape == [2, 1, 281, 48])
    let expected = try Reference.expected("predictions-v2/embeddings-Add")
    MAESTTestSupport.expectClose(found.elements, expected.elements, relativeNorm: EssentiaTolerance.tokens)
  }

  @Test func bandsOfFrames() throws {
    let signal = try Reference.signal.get()
    let expected = try Reference.expected("mel-mono-16k/bands")
    let bands = try TensorflowInputMusiCNN()
    let padded = [Float](repeating: 0, count: 256) + signal + [Float](repeating: 0, count: 512)
    var found: [Float] = []
    for frame in 0..<expected.shape[0] {
      found += try bands(Array(padded[(frame * 256)..<(frame * 256 + 512)]))
    }
    MAESTTestSupport.expectClose(found, expected.elements, maximum: 4e-5, mean: 1e-6)
  }

  @Test(arguments: 0...4) func loadedSignal(quality: Int) throws {
    let found = try MonoLoader(
      filename: Fixtures.path("audio/stereo-44k1.wav"), sampleRate: 16000, resampleQuality: quality)()
    let expected = try Reference.expected("monoloader-stereo-44k1/quality\(quality)")
    if [0, 3, 4].contains(quality) {
      expectIdentical(found, expected.elements)
    } else {
      MAESTTestSupport.expectClose(found, expected.elements, maximum: 3.1e-8)
    }
  }
}
