import ArgumentParser
import MAEST
import MAESTEssentia

/// Options for the values of one node.
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

/// Prints or writes the values of one node, as Essentia's algorithm gives them.
struct NodePrinter {
  let output: String
  let options: NodeOptions
  let model: ModelOptions
  let patches: PatchOptions

  func load() throws -> TensorflowPredictMAEST {
    try TensorflowPredictMAEST(
      graphFilename: MAESTModel.locate(model.model, logger: StandardError.logger), output: output,
      patchSize: patches.patchSize, patchHopSize: patches.hop, lastPatchMode: patches.essentiaMode,
      batchSize: options.npy == nil ? options.batch ?? 1 : -1, options: model.engine,
      logger: StandardError.logger)
  }

  func write(_ predict: TensorflowPredictMAEST, of file: String) async throws {
    struct Record: Encodable {
      var file: String
      var output: String
      var precision: EngineOptions.Precision
      var shape: [Int]
      var values: [Float]
    }
    let precision = predict.precision ?? .exact
    for try await batch in try predict.predictions(of: AudioChunks(path: file)) {
      if let path = options.npy {
        try NumPyWriter.write(batch, to: path)
        print("\(path): \(output), float32 \(batch.shape)\(precision.remark)")
      } else {
        let record = Record(
          file: file, output: output, precision: precision, shape: batch.shape, values: batch.elements)
        try printNow(try jsonLine(record))
      }
    }
  }
}
