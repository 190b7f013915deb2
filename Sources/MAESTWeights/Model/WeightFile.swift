package import MAESTTensor

/// A MAEST weight file: a safetensors file with exactly the parameters of its configuration.
///
/// The weights are used in place, in the mapped file.
package struct WeightFile: Sendable {
  /// Sizes, labels, outputs and provenance.
  package var description: ModelDescription
  /// The underlying safetensors file.
  package let tensors: SafeTensorsFile

  package var configuration: ModelConfiguration { description.configuration }

  /// Maps and validates the weight file at `path`.
  ///
  /// Throws a ``WeightError`` for a file that is damaged, is not a MAEST weight file, or whose tensors do not match its
  /// configuration: the error names every missing, unexpected and misshapen tensor.
  package init(path: String) throws(WeightError) {
    try self.init(SafeTensorsFile(path: path))
  }

  /// The same for a file that is already mapped.
  package init(_ tensors: SafeTensorsFile) throws(WeightError) {
    let path = tensors.path
    guard tensors.metadata[ModelMetadata.versionKey] != nil else { throw .notMAEST(path: path) }
    guard
      tensors.metadata[HeaderChecksum.key]
        == HeaderChecksum.compute(metadata: tensors.metadata, entries: tensors.entries)
    else { throw .corruptHeader(path: path) }
    self.tensors = tensors
    description = try ModelMetadata.decode(tensors.metadata, path: path)
    try requireExactMatch()
    try requireAlignment()
  }

  private func requireExactMatch() throws(WeightError) {
    var unexpected = Set(tensors.entries.filter { !Self.isPadding($0.key, $0.value) }.keys)
    var missing: [String] = []
    var misshapen: [String] = []
    for parameter in configuration.parameters {
      guard let entry = tensors.entries[parameter.name] else {
        missing.append(parameter.name)
        continue
      }
      unexpected.remove(parameter.name)
      if entry.shape != parameter.shape || entry.elementType != .float32 {
        misshapen.append(
          "\(parameter.name) (\(entry.elementType.rawValue) \(entry.shape), expected F32 \(parameter.shape))")
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, misshapen.isEmpty else {
      throw .wrongTensors(
        path: tensors.path, missing: missing, unexpected: unexpected.sorted(), misshapen: misshapen)
    }
  }

  /// Parameters are read in place, so each must start at a multiple of its element size.
  private func requireAlignment() throws(WeightError) {
    for parameter in configuration.parameters {
      let offset = tensors.dataOffset + (tensors.entries[parameter.name]?.dataRange.lowerBound ?? 0)
      guard offset % SafeTensorsElementType.float32.byteCount == 0 else {
        throw .misalignedTensor(path: tensors.path, tensor: parameter.name, offset: offset)
      }
    }
  }

  private static func isPadding(_ name: String, _ entry: SafeTensorsEntry) -> Bool {
    name.hasPrefix(SafeTensorsLayout.paddingPrefix) && entry.elementType == .unsignedInteger8
      && entry.dataRange.count < SafeTensorsLayout.alignment
  }
}

extension WeightFile {
  /// Returns a two-dimensional parameter, in place.
  package func matrix(_ name: String) -> Matrix {
    let (offset, shape) = location(of: name, rank: 2)
    return tensors.file.matrix(atByteOffset: offset, rows: shape[0], columns: shape[1])
  }

  /// Returns a one-dimensional parameter, in place.
  package func vector(_ name: String) -> Vector {
    let (offset, shape) = location(of: name, rank: 1)
    return tensors.file.vector(atByteOffset: offset, count: shape[0])
  }

  private func location(of name: String, rank: Int) -> (offset: Int, shape: [Int]) {
    guard let entry = tensors.entries[name], entry.shape.count == rank else {
      preconditionFailure("no parameter \(name) of \(rank) axes in the manifest")
    }
    return (tensors.dataOffset + entry.dataRange.lowerBound, entry.shape)
  }
}
