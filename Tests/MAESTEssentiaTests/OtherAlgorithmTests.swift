import MAEST
import MAESTConverter
import MAESTEssentia
import MAESTTestSupport
import Testing

@Suite struct TensorflowPredictTests {
  private let names = ["PartitionedCall/Identity", "PartitionedCall/Identity_1"]

  private func message(
    strict: Bool = true, inputs: [String] = ["embeddings"],
    outputs: [String] = ["PartitionedCall/Identity_1"],
    isTrainingName: String = "", pool: TensorflowPredict.Pool = [:]
  ) -> String {
    do {
      let predict = try TensorflowPredict(
        graphFilename: Reference.head, inputs: inputs, outputs: outputs, isTrainingName: isTrainingName,
        strict: strict)
      return "no error: \(try predict(pool).mapValues(\.shape))"
    } catch { return "\(error)" }
  }

  @Test func errors() {
    let prefix = "Error while configuring TensorflowPredict: TensorflowPredict: "
    for text in [message(inputs: [""]), message(outputs: ["zzz"]), message(isTrainingName: "zz")] {
      #expect(text.hasPrefix(prefix))
      #expect(
        text.contains(
          "is not a valid node name of this graph.\nTensorflowPredict: Available node names are:\n"))
      #expect(text.contains("\nembeddings, PartitionedCall/mul/x, "))
    }
    #expect(
      message()
        == "In TensorflowPredict.compute: Descriptor name 'embeddings' of type Eigen::Tensor<float, 4, 1, long> "
        + "not found")
    #expect(
      message(strict: false, pool: ["other": Tensor(shape: [1], elements: [0])]).contains("it has: other"))
    #expect(message(strict: false, isTrainingName: "embeddings").contains("no boolean input"))
  }

  /// A tensor that the graph cannot take is an error that names the input, never a crash.
  @Test func wrongShapes() {
    let tensor = Tensor(shape: [1, 1, 2, 48], elements: Array(repeating: 0, count: 96))
    let text = message(strict: false, pool: ["embeddings": tensor])
    #expect(text.contains("'embeddings'") && text.contains("[1, 2, 48]") && text.contains("[1, 281, 48]"))
  }

  @Test func anEmptyFirstOutputListsTheNodes() throws {
    let predict = try TensorflowPredict(graphFilename: Reference.head, inputs: ["embeddings"], outputs: [""])
    let nodes = try predict.nodeNames
    #expect(nodes.first == "embeddings" && nodes.last == "Identity_1" && nodes.count > 100)
    #expect(try predict([:]).isEmpty)
  }

  @Test func batchesGoThroughAGraphOfBatchOne() throws {
    var random = SeededRandom(seed: 5)
    let tokens = (0..<3).map { _ in (0..<(281 * 48)).map { _ in Float.random(in: -1...1, using: &random) } }
    let predict = try TensorflowPredict(graphFilename: Reference.head, inputs: ["embeddings"], outputs: names)
    let together = try predict([
      "embeddings": Tensor(shape: [3, 1, 281, 48], elements: Array(tokens.joined()))
    ])
    for name in names {
      let apart = try tokens.flatMap { values in
        try predict(["embeddings": Tensor(shape: [1, 1, 281, 48], elements: values)])[name]?.elements ?? []
      }
      expectIdentical(together[name]?.elements ?? [], apart, name)
    }
  }

  /// Unsqueezed, the tensor has an axis too many for this graph.
  @Test func squeeze() throws {
    let tokens = Tensor(shape: [1, 1, 281, 48], elements: Array(repeating: 0.5, count: 281 * 48))
    let whole = try TensorflowPredict(
      graphFilename: Reference.head, inputs: ["embeddings"], outputs: names, squeeze: false)
    #expect(throws: ConversionError.self) { try whole(["embeddings": tokens]) }
  }

  @Test func streaming() async throws {
    let tokens = Tensor(shape: [1, 1, 281, 48], elements: (0..<(281 * 48)).map { Float($0 % 13) })
    let predict = try TensorflowPredict(graphFilename: Reference.head, inputs: ["embeddings"], outputs: names)
    let pools = AsyncStream<TensorflowPredict.Pool> { continuation in
      for _ in 0..<3 { continuation.yield(["embeddings": tokens]) }
      continuation.finish()
    }
    let expected = try predict(["embeddings": tokens])
    var count = 0
    for try await pool in predict.predictions(of: pools) {
      #expect(pool == expected)
      count += 1
    }
    #expect(count == 3)
  }
}

@Suite struct MonoLoaderTests {
  private func message(
    strict: Bool = true, filename: String = Reference.mono, sampleRate: Int = 44100, audioStream: Int = 0,
    resampleQuality: Int = 1
  ) -> String {
    do {
      let loader = try MonoLoader(
        filename: filename, sampleRate: sampleRate, audioStream: audioStream,
        resampleQuality: resampleQuality,
        strict: strict)
      return "no error: \(try loader().count)"
    } catch { return "\(error)" }
  }

  @Test func defaults() {
    let parameters = MonoLoader.Parameters()
    #expect(parameters.sampleRate == 44100 && parameters.downmix == .mix && parameters.audioStream == 0)
    #expect(parameters.resampleQuality == 1 && parameters.filename.isEmpty)
  }

  @Test func errors() {
    let prefix = "Error while configuring MonoLoader: "
    #expect(
      message(resampleQuality: 5)
        == prefix + "Parameter resampleQuality = 5 is not within specified range: [0,4]")
    #expect(
      message(sampleRate: 0) == prefix + "Parameter sampleRate = 0 is not within specified range: (0,inf)")
    #expect(
      message(audioStream: -1) == prefix + "Parameter audioStream = -1 is not within specified range: [0,inf)"
    )
    #expect(
      message(audioStream: 1)
        == prefix
        + "AudioLoader ERROR: 'audioStream' parameter set to 1. It should be smaller than the audio "
        + "streams count, 1")
    #expect(
      message(filename: "/nowhere.wav").hasPrefix(
        prefix + "AudioLoader: Could not open file \"/nowhere.wav\""))
    #expect(
      message(filename: "")
        == "In MonoLoader.compute: AudioLoader: Trying to call process() on an AudioLoader algo which hasn't been "
        + "correctly configured.")
    #expect(message(strict: false, filename: "/nowhere.wav").contains("/nowhere.wav"))
  }

  @Test func streamingGivesTheSameSamples() async throws {
    let loader = try MonoLoader(
      filename: Fixtures.path("audio/stereo-44k1.wav"), sampleRate: 16000, resampleQuality: 4)
    var samples: [Float] = []
    for try await chunk in try loader.chunks() {
      #expect(!chunk.isEmpty)
      samples += chunk
    }
    expectIdentical(samples, try loader())
  }
}

@Suite struct TensorflowInputMusiCNNTests {
  @Test(arguments: [0, 100, 511, 513]) func frameSizes(count: Int) throws {
    let strict = try TensorflowInputMusiCNN(strict: true)
    let error = Reference.error { _ = try strict([Float](repeating: 0, count: count)) }
    #expect(
      error?.description
        == "In TensorflowInputMusiCNN.compute: TensorflowInputMusiCNN: This algorithm only accepts input frames of "
        + "size 512.")
  }

  @Test func streaming() async throws {
    let bands = try TensorflowInputMusiCNN()
    let frame = (0..<512).map { Float($0 % 37) / 37 }
    let frames = AsyncStream<[Float]> { continuation in
      continuation.yield(frame)
      continuation.yield(frame.reversed())
      continuation.finish()
    }
    var found: [[Float]] = []
    for try await values in bands.bands(of: frames) { found.append(values) }
    #expect(found == [try bands(frame), try bands(frame.reversed())])
  }
}
