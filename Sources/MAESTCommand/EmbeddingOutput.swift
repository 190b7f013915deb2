import ArgumentParser
import Foundation
import MAEST

/// Options for where embeddings go.
struct EmbeddingOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "Output file of one audio file: .npz, .safetensors, .json, or .npy for one array.",
    completion: .file(extensions: ["npz", "npy", "safetensors", "json"]))
  var output: String?

  @Option(
    help: "Folder, made if it is missing, for a file for each audio file, named after it.",
    completion: .directory)
  var outDir: String?

  @Option(help: "Format of files in --out-dir: npz, npy, safetensors or json. Default: npz.")
  var format: ArrayFileFormat?

  @Option(help: "float32, or float16 for half the size and three digits.")
  var dtype: ArrayElementType = .float32

  @Flag(help: "Print what was written as JSON, one line a file.")
  var json = false

  /// Fails where the options do not fit together or the audio files.
  func check(_ files: [String]) throws {
    if output != nil, outDir != nil { throw ValidationError("-o and --out-dir: choose one") }
    if format != nil, outDir == nil {
      throw ValidationError("--format belongs to --out-dir; of -o the extension tells")
    }
    if json, output == nil, outDir == nil {
      throw ValidationError("--json belongs to -o or --out-dir; without them the output is JSON anyway")
    }
    if let output {
      if files.count > 1 {
        throw ValidationError("-o takes one audio file, not \(files.count); --out-dir takes several")
      }
      try requireFormat(ofPath: output)
    }
    guard let outDir else { return }
    var sources: [String: String] = [:]
    for file in files {
      let target = path(in: outDir, of: file)
      if let other = sources.updateValue(file, forKey: target) {
        throw ValidationError("\(other) and \(file) would both become \(target)")
      }
    }
  }

  /// Where the embeddings of an audio file go in a folder.
  fileprivate func path(in folder: String, of file: String) -> String {
    let name = URL(filePath: file).deletingPathExtension().lastPathComponent
    return URL(filePath: folder).appending(component: "\(name).\((format ?? .npz).rawValue)").relativePath
  }

  /// Makes the folder, if there is to be one.
  func makeOutput() throws -> EmbeddingOutput {
    if let outDir {
      do { try Folders.make(outDir) } catch { throw FolderError(path: outDir, reason: error.reason) }
    }
    return EmbeddingOutput(options: self)
  }

  /// The folder for the output cannot be made.
  struct FolderError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): cannot make the folder: \(reason)" }
  }
}

/// Writes embeddings to where the options say.
struct EmbeddingOutput {
  let options: EmbeddingOutputOptions

  /// Whether standard output has JSON, a line a file.
  var isJSON: Bool { options.json || (options.output == nil && options.outDir == nil) }

  func write(_ file: String, _ request: AnalysisRequest, with model: MAESTModel, place: String) throws {
    guard let path = options.output ?? options.outDir.map({ options.path(in: $0, of: file) }) else {
      return try print(file, request, with: model, place: place)
    }
    let metadata = try writeArrays(
      of: file, request, with: model, to: path, options.dtype, place: place)
    let report = ArrayReport(path: path, metadata: metadata)
    if options.json { try report.printJSON() } else { report.printTable() }
  }

  /// The arrays themselves as a line of JSON.
  private func print(
    _ file: String, _ request: AnalysisRequest, with model: MAESTModel, place: String
  ) throws {
    let writer = try ArrayFileWriter(jsonTo: "standard output", elementType: options.dtype) { piece in
      StandardError.show(progress: "")
      Swift.print(String(decoding: piece, as: UTF8.self), terminator: "")
    }
    try model.writeArrays(ofFileAt: file, request, to: writer) { done, total in
      StandardError.show(patches: done, of: total, file: place + file)
    }
    try flushOutput()
  }
}
