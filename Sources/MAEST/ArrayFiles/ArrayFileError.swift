/// Why arrays cannot be written as they were asked to be.
public enum ArrayFileError: Error, Equatable {
  /// The path's extension is none of the formats'.
  case unknownExtension(path: String)
  /// A format of one array, and a second one.
  case oneArrayOnly(path: String, names: [String])
  /// Nothing was put in.
  case noArrays(path: String)
  /// A name that is empty, or with control characters or slashes.
  case unusableName(String)
  /// A name that the formats use themselves.
  case reservedName(String)
}

extension ArrayFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownExtension(let path):
      "\(path): not a file of arrays by its name: expected \(Self.extensions)"
    case .oneArrayOnly(let path, let names):
      "\(path): .npy holds one array, not \(names.count) (\(names.prefix(2).joined(separator: ", "))"
        + (names.count > 2 ? ", …" : "") + "); take .npz, .safetensors or .json"
    case .noArrays(let path): "\(path): no arrays to write"
    case .unusableName(let name):
      "array name '\(name.unicodeScalars.map { $0.escaped(asASCII: false) }.joined())': expected at least one "
        + "character, no slashes and no control characters"
    case .reservedName(let name): "array name '\(name)': the file formats use it themselves"
    }
  }

  private static var extensions: String {
    ArrayFileFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
  }
}
