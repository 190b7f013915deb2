// The Swift of README.md and of the articles, compiled. `DocumentationTests` expects every block of code there to
// stand here word for word.
import MAEST
import MAESTEssentia
import MAESTLibrary
import MAESTPictures
import MAESTReport
import MAESTTesting
import Testing

enum DocumentationExamples {
  static func readme() throws -> Tensor? {
    let model = try MAESTModel(path: "discogs-maest-30s-pw-2.safetensors")
    let analysis = try model.analyze(
      fileAt: "track.flac", AnalysisRequest(taps: [.logits, .blockOutput(layer: 7)]))
    for tag in try analysis.topTags(5) { print(tag.label, tag.activation) }
    let embedding = try analysis.embedding(layer: 7, pooling: .clsDistMean)  // [patch, 3 * embedding]
    return embedding
  }

  static func embeddings(_ model: MAESTModel) throws -> Tensor? {
    let normalized = EmbeddingKind(
      .blockOutput(layer: 7), .meanOfThree, normalization: .l2, overWindows: .mean)
    let request = AnalysisRequest(embeddings: [.paper, .maestInfer, normalized])
    try model.writeArrays(ofFileAt: "track.flac", request, to: ArrayFileWriter(path: "track.npz"))
    let vector = try model.analyze(fileAt: "track.flac", request)[normalized]  // [embedding]
    return vector
  }

  static func shapes(_ model: MAESTModel) throws -> Int {
    let map = model.tokenMap
    if let place = try map.place(ofToken: 40) { print(place.seconds, place.hertz) }
    let token = map.token(seconds: 1.5, hertz: 440)
    return token
  }

  static func taps(_ model: MAESTModel, _ expected: Tensor) throws -> [Tensor?] {
    let layers: Set<Tap> = [
      .logits, .blockOutput(layer: 7), .blockOutput(layer: 12), .attentionWeights(layer: 12),
    ]
    let inside = try model.analyze(fileAt: "track.flac", AnalysisRequest(taps: layers))
    let seventh = try inside.tokens(layer: 7)  // [patch, token, embedding]
    let weights = try inside[.attentionWeights(layer: 12)]  // [patch, head, 2, token]

    try model.forEachPatch(ofFileAt: "track.flac", AnalysisRequest(taps: layers)) { patch in
      print(patch.patch.startTime, patch.output[.blockOutput(layer: 7)]?.shape ?? [])
    }

    expectTokens(of: inside, layer: 7, expected, relativeError: 1e-5, grid: model.tokenMap.grid)
    return [seventh, weights]
  }

  static func rollout(_ model: MAESTModel) throws {
    let taps = AttentionRollout.taps(layerCount: 12)
    let middle = AnalysisRequest(taps: taps, windows: .at([0.5]))
    for patch in try model.analyze(fileAt: "track.flac", middle).patches {
      let sources = try AttentionRollout.rollout(of: patch.output, layerCount: 12)  // [2, token]
      print(sources?.shape ?? [])
    }
  }

  static func kindsOfEmbeddings(_ model: MAESTModel) throws -> Tensor? {
    let kinds: [EmbeddingKind] = [
      .paper,
      .maestInfer,
      EmbeddingKind(.blockOutput(layer: 12), .meanOfThree, normalization: .l2, overWindows: .mean),
    ]
    let embedded = try model.analyze(fileAt: "track.flac", AnalysisRequest(embeddings: kinds))
    let paper = try embedded[.paper]  // [patch, 3 * embedding]

    let wanted = AnalysisRequest(taps: [.logits], embeddings: kinds)
    try model.writeArrays(ofFileAt: "track.flac", wanted, to: ArrayFileWriter(path: "track.npz"))

    let file = try ArrayFile(path: "track.npz")
    for array in file.arrays { print(array.name, array.shape) }
    let stored = try file.tensor(named: EmbeddingKind.paper.name)  // [patch, 3 * embedding]
    return paper == stored ? paper : nil
  }

  static func pictures(_ model: MAESTModel, _ left: [Float], _ right: [Float]) throws {
    try PictureFile.write(TrackReport(model).page(forFileAt: "track.flac"), to: "track.html")

    let request = AnalysisRequest(taps: [.logits], windows: .everyHop(.seconds(2)))
    let curve = try model.analyze(fileAt: "track.flac", request).curve(ofTopTags: 10)
    try PictureFile.write(TrackFigures(model).taggram(curve), to: "taggram.png")

    let loudness = LineChart(
      title: "Loudness", curves: [Curve("left", y: left), Curve("right", y: right)],
      xAxis: .automatic("time (s)"), yAxis: .automatic("level (dB)"))
    try PictureFile.write(loudness, to: "loudness.svg")
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

  static func wholeLibraries() throws {
    let lane = try MAESTModel(path: "30s-pw-519l", options: EngineOptions(threadCount: 1))
    let annotator = try Annotator(model: lane, jobs: 8)
    let output = try JSONLinesFile(path: "library.jsonl")
    let found = try TrackSearch([.path("/music")]).run()
    let plan = try AnnotationPlan(
      found.tracks, given: output, provenance: annotator.provenance)
    try annotator.run(plan, into: output)
  }
}
