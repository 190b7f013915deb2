// The Swift of README.md and of the article "Coming from Essentia", compiled. `DocumentationTests` expects every block
// of code there to stand here word for word.
import MAEST
import MAESTEssentia

enum DocumentationExamples {
  static func readme() throws -> Tensor? {
    let model = try MAESTModel(path: "discogs-maest-30s-pw-2.safetensors")
    let analysis = try model.analyze(
      fileAt: "track.flac", AnalysisRequest(taps: [.logits, .blockOutput(layer: 7)]))
    for tag in analysis.topTags(5) { print(tag.label, tag.activation) }
    let embedding = analysis.embedding(layer: 7, pooling: .clsDistMean)  // [patch, 3 * embedding]
    return embedding
  }

  static func embeddings(_ model: MAESTModel) throws -> Tensor? {
    let normalized = EmbeddingKind(
      .blockOutput(layer: 7), .meanOfThree, normalization: .l2, overPatches: .mean)
    let request = AnalysisRequest(embeddings: [.paper, .maestInfer, normalized])
    try model.writeArrays(ofFileAt: "track.flac", request, to: ArrayFileWriter(path: "track.npz"))
    let vector = try model.analyze(fileAt: "track.flac", request)[normalized]  // [embedding]
    return vector
  }

  static func monoLoader() throws -> [Float] {
    let samples = try MonoLoader(filename: "audio.wav", sampleRate: 16000, resampleQuality: 4)()
    return samples
  }

  static func predictions(of samples: [Float]) throws -> [Tensor] {
    let predict = try TensorflowPredictMAEST(
      graphFilename: "discogs-maest-30s-pw-2.pb", output: "PartitionedCall/Identity_13")
    let activations = try predict(samples)  // [patch, 1, 1, 400]

    let predict519 = try TensorflowPredictMAEST(
      graphFilename: "discogs-maest-30s-pw-519l-2.pb", output: "PartitionedCall/Identity_13")
    let activations519 = try predict519(samples)  // [patch, 1, 1, 519]
    return [activations, activations519]
  }

  static func labels() throws {
    let model = try MAESTModel(path: "discogs-maest-30s-pw-2.pb")
    for tag in try model.analyze(fileAt: "audio.wav").topTags(5) {
      print(tag.label, tag.activation)
    }
  }

  static func layer7(of samples: [Float]) throws -> [Tensor] {
    let layer7 = try TensorflowPredictMAEST(
      graphFilename: "discogs-maest-30s-pw-2.pb", output: "PartitionedCall/Identity_7")
    let tokens = try layer7(samples)  // [patch, 1, token, embedding]

    let output7 = try TensorflowPredictMAEST(
      graphFilename: "discogs-maest-30s-pw-1.pb", output: "StatefulPartitionedCall:7")
    let fifthBlock = try output7(samples)
    return [tokens, fifthBlock]
  }

  static func head(on samples: [Float]) throws -> Tensor? {
    let embed = try TensorflowPredictMAEST(
      graphFilename: "discogs-maest-30s-pw-2.pb", output: "PartitionedCall/Identity_12")
    let head = try TensorflowPredict(
      graphFilename: "genre_discogs400-discogs-maest-30s-pw-1.pb", inputs: ["embeddings"],
      outputs: ["PartitionedCall/Identity_1"])
    let pool = try head(["embeddings": embed(samples)])
    let styles = pool["PartitionedCall/Identity_1"]  // [patch, 1, 1, 400]
    return styles
  }

  static func streaming(_ predict: TensorflowPredictMAEST) async throws {
    let loader = try MonoLoader(filename: "audio.wav", sampleRate: 16000, resampleQuality: 4)
    for try await prediction in try predict.predictions(of: loader.chunks()) {  // patch by patch
      print(prediction.shape)  // [1, 1, 1, 400]
    }
  }

  static func vectorInput(_ samples: [Float], _ predict: TensorflowPredictMAEST) async throws {
    let (chunks, source) = AsyncStream.makeStream(of: [Float].self)
    source.yield(samples)
    source.finish()
    for try await prediction in try predict.predictions(of: chunks) {
      print(prediction.shape)
    }
  }

  static func bands(of samples: [Float]) throws -> [Float] {
    let bands = try MelSpectrogramExtractor(configuration: .musiCNN).spectrogram(of: samples)
    print(bands.frameCount, bands.bandCount)  // frames, 96

    let musiCNN = try TensorflowInputMusiCNN()
    let frame = Array(samples[..<TensorflowInputMusiCNN.frameSize])
    let bandsOfFrame = try musiCNN(frame)  // [96]
    return bandsOfFrame
  }
}
