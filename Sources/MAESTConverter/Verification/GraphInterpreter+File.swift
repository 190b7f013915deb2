package import MAESTKernels

extension GraphInterpreter {
  /// Reads the frozen TensorFlow graph at `path`, to be run on `compute`.
  package init(tensorFlowGraphAt path: String, compute: Compute) throws(ConversionError) {
    let graph = try SourceReader.withBytes(of: path) { (bytes) throws(ConversionError) in
      try GraphDefReader.read(bytes, path: path)
    }
    self.init(graph, compute: compute)
  }
}
