package import MAESTKernels

extension GraphInterpreter {
  /// Reads the frozen TensorFlow graph at `path` and prepares it to run on `compute`.
  package init(tensorFlowGraphAt path: String, compute: Compute) throws(ConversionError) {
    self.init(try GraphDefReader.read(SourceReader.data(of: path), path: path), compute: compute)
  }
}
