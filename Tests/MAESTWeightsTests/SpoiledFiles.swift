import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// The bytes of a safetensors file: the header's length in eight bytes, the header, the data.
///
/// - Parameters:
///   - claimedLength: what the first eight bytes say; nil for the truth.
func safeTensorsBytes(header: String, data: Data = Data(), claimedLength: UInt64? = nil) -> Data {
  let json = Data(header.utf8)
  let length = claimedLength ?? UInt64(json.count)
  return withUnsafeBytes(of: length.littleEndian) { Data($0) } + json + data
}

/// Runs `body` with the path of a new file of these bytes.
@discardableResult
func withFile<Result>(_ bytes: Data, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryFolder { folder in
    let path = folder + "/weights.safetensors"
    try bytes.write(to: URL(filePath: path))
    return try body(path)
  }
}

/// Expects that a file of these bytes is refused with the error that `error` makes of its path.
func expectRefusal(
  of bytes: Data, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  as error: (_ path: String) -> WeightError
) throws {
  try withFile(bytes) { path in
    #expect(throws: error(path), comment, sourceLocation: sourceLocation) { try WeightFile(path: path) }
  }
}

/// What a weight file is made of, to be spoiled before its bytes are made.
///
/// Its checksum is always right, as in a file of someone who means harm; all weights are 0.
struct WeightFileParts {
  struct TensorLine {
    var name: String
    var elementType: SafeTensorsElementType
    var shape: [Int]
  }

  var metadata: [String: String]
  /// In the order of the data, without holes.
  var tensors: [TensorLine]
  /// Spaces behind the header, beyond those that align the data.
  var extraSpaces = 0

  /// The parts of a file that is as it should be.
  init(_ configuration: ModelConfiguration = TinyModel.configuration) throws {
    metadata = try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/model", configuration)
      return try SafeTensorsFile(path: folder + "/model").metadata
    }
    tensors = configuration.parameters.map {
      TensorLine(name: $0.name, elementType: .float32, shape: $0.shape)
    }
  }

  func bytes() throws -> Data {
    var entries: [String: SafeTensorsEntry] = [:]
    var end = 0
    for tensor in tensors {
      let range = end..<end + tensor.shape.reduce(tensor.elementType.byteCount, *)
      entries[tensor.name] = SafeTensorsEntry(
        elementType: tensor.elementType, shape: tensor.shape, dataRange: range)
      end = range.upperBound
    }
    var metadata = metadata
    metadata[HeaderChecksum.key] = HeaderChecksum.compute(metadata: metadata, entries: entries)
    var header: [String: Any] = ["__metadata__": metadata]
    for (name, entry) in entries {
      header[name] = [
        "dtype": entry.elementType.rawValue, "shape": entry.shape,
        "data_offsets": [entry.dataRange.lowerBound, entry.dataRange.upperBound],
      ]
    }
    let json = String(decoding: try JSONSerialization.data(withJSONObject: header), as: UTF8.self)
    let spaces = (64 - (8 + json.utf8.count) % 64) % 64 + extraSpaces
    return safeTensorsBytes(
      header: json + String(repeating: " ", count: spaces), data: Data(count: end))
  }
}
