/// Errors of a weight file or its contents.
public enum WeightError: Error, Equatable {
  /// The file could not be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The file is too short to contain the header's length (8 bytes).
  case tooShort(path: String, byteCount: Int)
  /// The header's length exceeds the limit or the file.
  case headerLength(path: String, length: UInt64, limit: Int)
  /// The header is not a JSON object in the safetensors format.
  case malformedHeader(path: String, reason: String)
  /// A tensor's element type is unknown.
  case unknownElementType(path: String, tensor: String, found: String)
  /// A tensor's offsets leave a gap or overlap; `found` is nil if they are not a valid byte range.
  case misplacedTensor(path: String, tensor: String, expectedStart: Int, found: Range<Int>?)
  /// A tensor of the model does not start at a multiple of 4 bytes in the file.
  case misalignedTensor(path: String, tensor: String, offset: Int)
  /// A tensor's byte count does not match its shape and type.
  case wrongTensorSize(path: String, tensor: String, expected: Int?, found: Int)
  /// The end of the tensors is not the end of the file.
  case wrongFileSize(path: String, expected: Int, found: Int)
  /// The file is a valid safetensors file, but not a MAEST weight file.
  case notMAEST(path: String)
  /// This engine does not support the file's layout version.
  case unsupportedVersion(path: String, found: String, supported: String)
  /// The header's checksum does not match its contents.
  case corruptHeader(path: String)
  /// A metadata entry is missing or invalid.
  case badFact(path: String, key: String, found: String?, expected: String)
  /// The tensors do not match the configuration; every difference is listed.
  case wrongTensors(path: String, missing: [String], unexpected: [String], misshapen: [String])
}

extension WeightError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot read the weight file: \(reason)"
    case .tooShort(let path, let byteCount):
      "\(path): not a weight file: \(byteCount) bytes, a safetensors file has at least 10"
    case .headerLength(let path, let length, let limit):
      "\(path): not a weight file or truncated: its header claims \(length) bytes, "
        + "at most \(limit) are possible"
    case .malformedHeader(let path, let reason):
      "\(path): the safetensors header is damaged: \(reason); convert the graph again"
    case .unknownElementType(let path, let tensor, let found):
      "\(path): tensor \(tensor) has the unknown element type '\(found)'"
    case .misplacedTensor(let path, let tensor, _, nil):
      "\(path): the data offsets of tensor \(tensor) are no range of bytes"
    case .misplacedTensor(let path, let tensor, let expectedStart, let found?):
      "\(path): tensor \(tensor) should start at byte \(expectedStart) of the data, its offsets are "
        + "\(found.lowerBound)..<\(found.upperBound)"
    case .misalignedTensor(let path, let tensor, let offset):
      "\(path): tensor \(tensor) starts at byte \(offset) of the file, not at a multiple of 4; "
        + "convert the graph again"
    case .wrongTensorSize(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor) has \(found) bytes, its shape needs "
        + (expected.map(String.init) ?? "more than can be addressed")
    case .wrongFileSize(let path, let expected, let found):
      "\(path): truncated or damaged: the header describes \(expected) bytes, the file has \(found)"
    case .notMAEST(let path):
      "\(path): a safetensors file without MAEST weights; "
        + "make one from a MAEST graph with maest-convert"
    case .unsupportedVersion(let path, let found, let supported):
      "\(path): weight file version \(found), this engine reads version \(supported); "
        + "convert the graph again"
    case .corruptHeader(let path):
      "\(path): the header does not match its checksum: the file is damaged; convert the graph again"
    case .badFact(let path, let key, let found, let expected):
      "\(path): metadata '\(key)' is \(found.map { "'\($0)'" } ?? "missing"), expected \(expected)"
    case .wrongTensors(let path, let missing, let unexpected, let misshapen):
      "\(path): the tensors do not fit the model's configuration:"
        + Self.list("missing", missing) + Self.list("unexpected", unexpected)
        + Self.list("misshapen", misshapen)
    }
  }

  /// Formats " missing a, b;": a title and up to five names; empty if there are no names.
  package static func list(_ title: String, _ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    let shown = names.prefix(5).joined(separator: ", ")
    return " \(title) \(shown)" + (names.count > 5 ? " and \(names.count - 5) more;" : ";")
  }
}
