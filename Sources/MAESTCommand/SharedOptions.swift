public import ArgumentParser
public import MAEST

/// Options for choosing a model and how it computes.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      Weight file (.safetensors), graph (.pb or .onnx, converted on first use), or the name of an installed model \
      (maest models list). Default: $MAEST_MODEL, else the only weight file in the user's model folder, else the \
      bundled demo model.
      """,
    completion: .file(extensions: ["safetensors", "pb"]))
  var model: String?

  @Option(help: "Threads at most. Default: the processor cores that the process may use.")
  var threads: Int?

  @Option(help: "Who multiplies matrices: automatic, openblas, accelerate or reference (slow).")
  var backend: EngineOptions.Backend = .automatic

  var engine: EngineOptions { EngineOptions(threadCount: threads, backend: backend) }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 is needed") }
  }

  func load() throws -> MAESTModel {
    try MAESTModel(path: model, options: engine, logger: StandardError.logger)
  }
}

/// Options for cutting a track into patches.
struct PatchOptions: ParsableArguments {
  @Option(
    help: "Mel frames (16 ms each) between the starts of patches; 0: no overlap. Default: the model's own.")
  var hop: Int?

  @Option(help: "What to do with audio after the last whole patch: discard, or repeat it until it fills one.")
  var lastPatch: LastPatchMode = .discard

  func validate() throws {
    if let hop, hop < 0 { throw ValidationError("--hop \(hop): 0 or more frames are needed") }
  }

  func request(_ taps: Set<Tap>) -> AnalysisRequest {
    AnalysisRequest(taps: taps, hopSize: hop, lastPatchMode: lastPatch)
  }
}

extension EngineOptions.Backend: ExpressibleByArgument {}
extension LastPatchMode: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {}
