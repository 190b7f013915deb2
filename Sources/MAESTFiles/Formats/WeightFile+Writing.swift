package import MAESTWeights

extension WeightFile {
  /// Writes a weight file; each source gives its parameter's little-endian float32 bytes, row-major.
  ///
  /// - Parameter verify: compares the complete file, still under its temporary name, with what it was made of: what it
  ///   returns becomes the file's verification, and where it throws, there is no file. nil: no comparison.
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

  /// Compares a weight file with what it was made of.
  package typealias Verification = (WeightFile) throws -> VerificationStatus

  /// A weight file in the process's own memory, for where none can be kept; `name` takes the place of its path.
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
