import ArgumentParser
import MAEST

/// Options for a command that writes a file of arrays for each audio file.
struct ArrayFileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "Output file of one audio file: .npz, .safetensors, .json, or .npy for one array.",
    completion: .file(extensions: ["npz", "npy", "safetensors", "json"]))
  var output: String?

  @Option(
    help: """
      Folder, made if it is missing, for a file for each audio file, named after it; files of a folder keep their places \
      below it.
      """,
    completion: .directory)
  var outDir: String?

  @Option(help: "Format of files in --out-dir: npz, npy, safetensors or json. Default: npz.")
  var format: ArrayFileFormat?

  @Option(help: "float32, or float16 for half the size and three digits.")
  var dtype: ArrayElementType = .float32

  @Flag(help: "Print what was written as JSON, one line a file.")
  var json = false

  func validate() throws {
    try OutputFolder.requireOnePlace(output: output, folder: outDir)
    if format != nil, outDir == nil {
      throw ValidationError("--format belongs to --out-dir; of -o the extension tells")
    }
    if let output { try requireFormat(ofPath: output) }
  }

  /// Whether an output file or folder is given.
  var namesFiles: Bool { output != nil || outDir != nil }

  /// Throws if neither an output file nor a folder is given.
  func requireFiles() throws {
    if !namesFiles {
      throw ValidationError("no output: --output FILE for one audio file, --out-dir FOLDER for several")
    }
  }

  private var folder: OutputFolder? {
    outDir.map { OutputFolder(path: $0, ending: (format ?? .npz).rawValue) }
  }

  /// Throws if the audio files do not fit the output options.
  func check(_ files: AudioFiles) throws {
    if output != nil { try OutputFolder.requireOne(files, for: "-o") }
    try folder?.check(files)
  }

  /// Analyses a file and writes the requested arrays.
  ///
  /// - Precondition: an output file or folder is given.
  func write(
    _ file: AudioFiles.Item, _ request: AnalysisRequest, with model: MAESTModel,
    head: ClassificationHeadModel? = nil, loader: AudioLoader, place: String
  ) throws {
    guard let path = output ?? folder?.path(of: file) else { preconditionFailure("no file to write") }
    let names = request.embeddings.map(\.name) + request.taps.map(\.arrayName).sorted()
    if names.count > 1, try ArrayFileFormat(path: path).holdsOneArray {
      throw ArrayFileError.oneArrayOnly(path: path, names: names)
    }
    try folder?.makeFolder(for: path)
    let writer = try ArrayFileWriter(path: path, elementType: dtype)
    let metadata = try model.writeArrays(
      ofFileAt: file.path, request, head: head, loader: loader, to: writer
    ) { progress in
      StandardError.show(progress, of: place + file.name)
    }
    StandardError.show(progress: "")
    printWarnings(metadata.warnings, of: file.name)
    let report = ArrayReport(path: path, metadata: metadata)
    if json { try report.printJSON() } else { report.printTable() }
  }
}

/// Throws if a path's extension is not that of an array format.
func requireFormat(ofPath path: String) throws {
  do { _ = try ArrayFileFormat(path: path) } catch { throw ValidationError("\(error)") }
}
