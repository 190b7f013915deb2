/// Why arrays cannot be written as they were asked to be.
public enum ArrayFileError: Error, Equatable {
  /// The path's extension is none of the formats'.
  case unknownExtension(path: String)
  /// A format of one array, and a second one.
  case oneArrayOnly(path: String, names: [String])
  /// Nothing was put in.
  case noArrays(path: String)
  /// A name that is empty or longer than 1,000 bytes, or has control characters or slashes.
  case unusableName(String)
  /// A name that the formats use themselves.
  case reservedName(String)
  /// A slice of another shape than those before it.
  case wrongSliceShape(name: String, found: [Int], expected: [Int])
  /// Something more for an array that is there already as a whole, or a whole for one that grows by slices.
  case arrayExists(name: String)
  /// More axes than NumPy reads.
  case tooManyAxes(count: Int, most: Int)
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
      "array name '\(name.unicodeScalars.prefix(80).map { $0.escaped(asASCII: false) }.joined())': expected 1 to "
        + "1,000 bytes, no slashes and no control characters"
    case .reservedName(let name): "array name '\(name)': the file formats use it themselves"
    case .wrongSliceShape(let name, let found, let expected):
      "array '\(name)': a slice of shape \(found), those before are of shape \(expected); give a name of its own to "
        + "each shape"
    case .arrayExists(let name): "array '\(name)': there is one of that name; take another name"
    case .tooManyAxes(let count, let most):
      "an array of \(count) axes; at most \(most) can be read by NumPy"
    }
  }

  private static var extensions: String {
    ArrayFileFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
  }
}
