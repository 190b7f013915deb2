import MAESTFiles
import MAESTTensor
import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a model from a file or folder of any supported format.
package enum SourceReader {
  /// Information that a user may give about a file.
  package struct Options: Sendable {
    /// Number of attention heads, for formats whose files do not state it; nil to use the file's value.
    package var headCount: Int?

    package init(headCount: Int? = nil) { self.headCount = headCount }
  }

  static let frozenGraphFormat = "TensorFlow frozen graph"

  private enum Kind {
    case savedModel(folder: String)
    case onnx, safeTensors, frozenGraph
  }

  /// Reads the model at `path`: a folder with `saved_model.pb`, an `.onnx` or `.safetensors` file, or a frozen
  /// TensorFlow graph.
  ///
  /// - Throws: ``ConversionError`` if the source cannot be read or is not a MAEST model.
  package static func model(at path: String, options: Options = Options()) throws(ConversionError)
    -> ConvertibleModel
  {
    var model: ConvertibleModel
    if case .safeTensors = try kind(of: path) {
      model = try NamedModelReader.read(path: path, headCount: options.headCount)
    } else {
      let (graph, format) = try graph(at: path)
      model = try recognized(graph, format: format)
    }
    model.digest = try digest(of: path)
    return model
  }

  /// Reads the graph at `path`, MAEST or not, and the name of its format.
  ///
  /// - Throws: ``ConversionError`` if the source cannot be read or holds only tensors.
  package static func graph(at path: String) throws(ConversionError) -> (graph: Graph, format: String) {
    switch try kind(of: path) {
    case .savedModel(let folder):
      (try SavedModelReader(folder: folder).read(), SavedModelReader.format)
    case .onnx: (try ONNXReader.read(data(of: path), path: path), ONNXReader.format)
    case .frozenGraph: (try GraphDefReader.read(data(of: path), path: path), frozenGraphFormat)
    case .safeTensors: throw .notAGraph(path: path, reason: "safetensors hold tensors and no graph")
    }
  }

  /// Returns the paths of the files that the result depends on, apart from Essentia's metadata.
  package static func files(of path: String) throws(ConversionError) -> [String] {
    switch try kind(of: path) {
    case .savedModel(let folder): SavedModelReader.files(inFolder: folder).map { "\(folder)/\($0)" }
    case .safeTensors: [path] + [HuggingFaceConfiguration.path(besideFileAt: path)].compactMap { $0 }
    case .onnx:
      [path] + (try externalFiles(ofModel: path)).map { "\(Folders.parent(of: path))/\($0)" }
    case .frozenGraph: [path]
    }
  }

  /// Returns the names, relative to the folder of the ONNX model at `path`, of the files that hold its weights.
  private static func externalFiles(ofModel path: String) throws(ConversionError) -> [String] {
    try ONNXExternalData.locations(data(of: path), path: path)
  }

  // MARK: - Kinds

  /// Returns whether `path` is a folder with a TensorFlow SavedModel.
  package static func isSavedModel(_ path: String) -> Bool {
    PathCalls.exists("\(path)/\(SavedModelReader.graphName)")
  }

  private static func kind(of path: String) throws(ConversionError) -> Kind {
    if isSavedModel(path) { return .savedModel(folder: path) }
    if Folders.isFolder(path) {
      throw .unreadable(path: path, reason: "the folder has no \(SavedModelReader.graphName)")
    }
    let file = URL(filePath: path)
    if file.lastPathComponent == SavedModelReader.graphName {
      return .savedModel(folder: file.deletingLastPathComponent().path(percentEncoded: false))
    }
    switch file.pathExtension.lowercased() {
    case "onnx": return .onnx
    case "safetensors": return .safeTensors
    case "pt", "pth", "ckpt", "bin":
      throw .unreadable(
        path: path, reason: "pickled PyTorch files are not read; save the weights as .safetensors")
    default: return .frozenGraph
    }
  }

  /// Runs `body` on the bytes of a file, mapped into memory.
  package static func withBytes<Result>(
    of path: String, _ body: (UnsafeRawBufferPointer) throws(ConversionError) -> Result
  ) throws(ConversionError) -> Result {
    try mappedFile(path).withUnsafeBytes(body)
  }

  /// Returns the bytes of a file; the mapping stays as long as a slice of them is kept.
  static func data(of path: String) throws(ConversionError) -> Data { try mappedFile(path).data }

  private static func mappedFile(_ path: String) throws(ConversionError) -> MappedFile {
    do { return try MappedFile(path: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  private static func recognized(_ graph: Graph, format: String) throws(ConversionError) -> ConvertibleModel {
    let lowered = EinsumLowering.lower(graph)
    let folded = FoldedGraph(lowered?.graph ?? graph)
    let model = try ModelRecognizer.recognize(folded)
    try requireCheapWeights(model, folded)
    let parameters = model.parameters.map { parameter, expression in
      TensorSource(name: parameter.name, shape: parameter.shape) { try expression.bytes(in: folded) }
    }
    let values = model.values.compactMapValues { value -> Value? in
      guard let origins = lowered?.origins else { return value }
      return origins[value.node].map { Value(node: $0, output: value.output) }
    }
    return ConvertibleModel(
      configuration: model.configuration, parameters: parameters, graph: graph, outputs: model.outputs,
      values: values, inputName: model.inputName, format: format, summary: graph.summary,
      explanation: model.explanation,
      notices: model.configuration.head == nil
        ? ["the graph has no classifier: the model gives embeddings only"] : [])
  }

  /// Maximum cost of evaluating all parameters, in elements. The limit is raised by a multiple of the elements in the
  /// file.
  private static let workLimit = 1 << 27
  private static let workPerElement = 32

  /// Refuses a graph that makes many elements from few, such as a parameter in every block from one constant.
  private static func requireCheapWeights(
    _ model: RecognizedModel, _ graph: FoldedGraph
  ) throws(ConversionError) {
    let limit = workLimit + workPerElement * graph.sourceElementCount
    var work = 0
    for (parameter, expression) in model.parameters {
      work += expression.constants.reduce(0) { $0 + graph.cost(ofWeight: $1) }
      guard work <= limit else {
        throw .notMAEST(
          reason: "working out its weights up to '\(parameter.name)' takes more than \(limit) steps")
      }
    }
  }

  // MARK: - Digests

  /// Returns the SHA-256 of a file; for a model of several files, that of the list that `sha256sum` prints for them in
  /// their folder.
  package static func digest(of path: String) throws(ConversionError) -> String {
    switch try kind(of: path) {
    case .savedModel(let folder):
      return try digest(of: SavedModelReader.files(inFolder: folder), in: folder)
    case .onnx:
      let names = try externalFiles(ofModel: path)
      guard !names.isEmpty else { return try fileDigest(path) }
      return try digest(of: [URL(filePath: path).lastPathComponent] + names, in: Folders.parent(of: path))
    case .safeTensors, .frozenGraph: return try fileDigest(path)
    }
  }

  private static func digest(of names: [String], in folder: String) throws(ConversionError) -> String {
    var list = ""
    for name in names { list += "\(try fileDigest("\(folder)/\(name)"))  \(name)\n" }
    return SHA256Digest.hash(list)
  }

  private static func fileDigest(_ path: String) throws(ConversionError) -> String {
    try withBytes(of: path) { SHA256Digest.hash($0) }
  }
}
