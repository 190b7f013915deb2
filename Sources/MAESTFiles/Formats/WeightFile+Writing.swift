package import MAESTWeights

extension WeightFile {
  /// Writes a weight file; each source provides its parameter's little-endian float32 bytes, row-major.
  ///
  /// - Parameter verify: compares the complete file, still under its temporary name, with its source. The returned
  ///   value is stored as the file's verification; if it throws, no file is written. nil: no verification.
  package static func write(
    _ description: ModelDescription, parameters: [TensorSource], to path: String,
    verifying verify: Verification? = nil
  ) throws {
    requireParameters(parameters, of: description)
    let metadata = try ModelMetadata.encode(description)
    guard let verify else { return try SafeTensorsWriter.write(parameters, metadata: metadata, to: path) }
    try SafeTensorsWriter.write(
      parameters, metadata: metadata, to: path, reservedByteCount: VerificationStatus.reservedByteCount
    ) { temporaryPath in
      try verify(WeightFile(path: temporaryPath)).facts
    }
  }

  /// Compares a weight file with its source.
  package typealias Verification = (WeightFile) throws -> VerificationStatus

  /// Creates a weight file in memory, for use if it cannot be stored on disk; `name` is used instead of a path.
  ///
  /// - Parameter verify: as for ``write(_:parameters:to:verifying:)``.
  package static func inMemory(
    _ description: ModelDescription, parameters: [TensorSource], named name: String,
    verifying verify: Verification? = nil
  ) throws -> WeightFile {
    requireParameters(parameters, of: description)
    let bytes = try SafeTensorsWriter.inMemory(
      parameters, metadata: ModelMetadata.encode(description))
    var file = try WeightFile(SafeTensorsFile(bytes, path: name))
    if let verify { file.description.provenance.verification = try verify(file) }
    return file
  }

  private static func requireParameters(_ parameters: [TensorSource], of description: ModelDescription) {
    let expected = Set(description.configuration.parameters)
    let given = Set(parameters.map { Parameter($0.name, $0.shape) })
    precondition(given == expected, "parameters differ: \(given.symmetricDifference(expected))")
  }
}
