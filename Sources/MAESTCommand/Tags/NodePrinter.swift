import ArgumentParser
import MAEST
import MAESTEssentia
import MAESTHub

/// Options for printing the values of one node.
struct NodeOptions: ParsableArguments {
  @Option(help: "Print the values of this output instead of tags; see above.")
  var output: String?

  @Option(
    help: "With --output: write the values of all patches to this file (.npy) instead.",
    completion: .file(extensions: ["npy"]))
  var npy: String?

  @Option(
    parsing: .unconditional,
    help: "With --output: patches in one JSON object; -1 or 0: all of the file. Default: 1.")
  var batch: Int?

  func validate() throws {
    if let batch, batch < -1 { throw ValidationError("--batch \(batch): -1 or more is needed") }
    if output == nil, npy != nil || batch != nil {
      throw ValidationError("--npy and --batch belong to --output")
    }
    if npy != nil, batch != nil { throw ValidationError("--npy has all patches: leave out --batch") }
  }
}

/// The model, and optionally a head, that computes a node's values batch by batch.
struct NodeSource {
  let predict: TensorflowPredictMAEST
  /// The head that contains the node, if any; its input is the last layer's tokens.
  let head: NodeHead?
  let facts: AnalysisSource

  init(predict: TensorflowPredictMAEST, head: NodeHead? = nil) throws {
    self.predict = predict
    self.head = head
    let (name, sha256) = try predict.source()
    facts = AnalysisSource(
      model: name, modelSHA256: sha256, head: head?.name, headSHA256: head?.digest,
      precision: predict.precision ?? .exact)
  }
}

/// A classification head and its requested node.
struct NodeHead {
  private let graph: TensorflowPredict
  private let input: String
  private let output: String
  /// Name of the head's file.
  let name: String
  let digest: String

  /// - Throws: `ModelError` if the head does not fit the model, `EssentiaError` if it has no such node.
  init(at path: String, output: String, of model: MAESTModel, _ engine: EngineOptions) throws {
    let head = try ClassificationHeadModel(named: path, options: engine, logger: StandardError.logger)
    let configuration = model.configuration
    try head.requireTokens([configuration.tokenCount, configuration.embeddingWidth])
    (input, self.output) = (head.inputName, head.nodeName(output))
    (name, digest) = (head.name, head.digest)
    // A head is always computed in single precision.
    graph = try TensorflowPredict(
      graphFilename: head.path, inputs: [input], outputs: [self.output], options: engine.inSinglePrecision,
      logger: StandardError.logger)
  }

  /// Returns the node's values, `[patch, 1, row, column]`.
  ///
  /// - Parameter tokens: `[patch, 1, token, embedding]`.
  func values(of tokens: Tensor) throws -> Tensor {
    guard let values = try graph([input: tokens])[output] else {
      preconditionFailure("\(output) was asked for and is missing")
    }
    return values
  }
}

/// Prints or writes the values of one node, as Essentia's algorithms return them.
struct NodePrinter {
  let output: String
  let options: NodeOptions
  let model: ModelOptions
  let patches: PatchOptions
  let head: HeadOptions
  let loader: AudioLoader

  func load() throws -> NodeSource {
    guard let path = head.head else {
      let file = try MAESTModel.locate(model.model, logger: StandardError.logger)
      return try NodeSource(predict: predict(file, output: output))
    }
    let model = try model.load()
    let head = try NodeHead(at: path, output: output, of: model, self.model.engine)
    let predict = try predict(model.path, output: "layer \(model.configuration.blockCount)")
    return try NodeSource(predict: predict, head: head)
  }

  private func predict(_ path: String, output: String) throws -> TensorflowPredictMAEST {
    try TensorflowPredictMAEST(
      graphFilename: path, output: output, patchSize: patches.patchSize, patchHopSize: patches.hop,
      lastPatchMode: patches.essentiaMode, batchSize: options.npy == nil ? options.batch ?? 1 : -1,
      options: model.engine, logger: StandardError.logger)
  }

  func write(_ source: NodeSource, of file: AudioFiles.Item) async throws {
    struct Record: Encodable {
      var path: String
      var node: String
      var shape: [Int]
      var values: JSONNumbers
    }
    let precision = source.facts.precision
    let name = file.name
    let chunks = AudioChunks(path: file.path, loader: loader) { printWarnings($0, of: name) }
    for try await batch in try source.predict.predictions(of: chunks) {
      let values = try source.head?.values(of: batch) ?? batch
      if let path = options.npy {
        try NumPyWriter.write(values, to: path)
        printLine("\(path): \(output), float32 \(values.shape)\(precision.remark)")
      } else {
        let record = Record(
          path: file.name, node: output, shape: values.shape, values: JSONNumbers(values.elements))
        try printNow(try jsonLine(JSONUnion(source.facts, record)))
      }
    }
  }
}
