import ArgumentParser
import MAEST

/// Options for a command that writes one file of arrays.
struct ArrayFileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "Output file: .npz, .safetensors, .json, or .npy for one array.",
    completion: .file(extensions: ["npz", "npy", "safetensors", "json"]))
  var output: String

  @Option(help: "float32, or float16 for half the size and three digits.")
  var dtype: ArrayElementType = .float32

  @Flag(help: "Print what was written as JSON.")
  var json = false

  func validate() throws { try requireFormat(ofPath: output) }

  /// Analyses a file and writes what a request asks for; failures are one line on standard error.
  func write(
    _ file: String, _ request: AnalysisRequest, with model: MAESTModel, head: ClassificationHeadModel? = nil
  ) throws {
    try attempt(file: file) {
      let metadata: TrackMetadata
      do {
        metadata = try writeArrays(
          of: file, request, with: model, head: head, to: output, dtype, place: "")
      } catch {
        StandardError.show(progress: "")
        if json { printFailure(error, path: file) }
        throw error
      }
      let report = ArrayReport(path: output, metadata: metadata)
      if json { try report.printJSON() } else { report.printTable() }
    }
  }
}

/// Fails where a path's extension is none of a format for arrays.
func requireFormat(ofPath path: String) throws {
  do { _ = try ArrayFileFormat(path: path) } catch { throw ValidationError("\(error)") }
}

/// Analyses an audio file and writes what a request asks for to `path`, with progress.
func writeArrays(
  of file: String, _ request: AnalysisRequest, with model: MAESTModel, head: ClassificationHeadModel? = nil,
  to path: String, _ elementType: ArrayElementType, place: String
) throws -> TrackMetadata {
  let names = request.embeddings.map(\.name) + request.taps.map(\.arrayName).sorted()
  if names.count > 1, try ArrayFileFormat(path: path).holdsOneArray {
    throw ArrayFileError.oneArrayOnly(path: path, names: names)
  }
  let metadata = try model.writeArrays(
    ofFileAt: file, request, head: head, to: ArrayFileWriter(path: path, elementType: elementType)
  ) { done, total in
    StandardError.show(patches: done, of: total, file: place + file)
  }
  StandardError.show(progress: "")
  return metadata
}
