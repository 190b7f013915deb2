/// Errors of writing a file of arrays.
public enum ArrayFileError: Error, Equatable {
  /// The path's extension is not that of a supported format.
  case unknownExtension(path: String)
  /// The format holds one array, and a second one was added.
  case oneArrayOnly(path: String, names: [String])
  /// No array was added.
  case noArrays(path: String)
  /// The array name is empty, longer than 1,000 bytes, or contains control characters or slashes.
  case unusableName(String)
  /// The array name is reserved by the file formats.
  case reservedName(String)
  /// The slice's shape differs from that of the earlier slices.
  case wrongSliceShape(name: String, found: [Int], expected: [Int])
  /// An array of this name already exists: a slice was appended to a whole array, or a second whole array was added
  /// under the same name.
  case arrayExists(name: String)
  /// The array has more axes than NumPy can read.
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
