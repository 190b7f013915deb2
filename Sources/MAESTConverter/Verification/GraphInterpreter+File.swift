package import MAESTKernels
import MAESTTensor

extension GraphInterpreter {
  /// Reads the frozen TensorFlow graph at `path`, to be run on `compute`.
  package init(tensorFlowGraphAt path: String, compute: Compute) throws(ConversionError) {
    self.init(try Self.readTensorFlowGraph(at: path), compute: compute)
  }

  static func readTensorFlowGraph(at path: String) throws(ConversionError) -> Graph {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    return try file.withUnsafeBytes { (bytes) throws(ConversionError) in
      try GraphDefReader.read(bytes, path: path)
    }
  }
}
