/// A format of files of named arrays.
///
/// Each holds the arrays' names, shapes and element types, and, except `.npy`, metadata as JSON text:
///
/// | format | arrays | metadata |
/// |---|---|---|
/// | `.npy` | one, without its name | none: NumPy's header has no room for it |
/// | `.npz` | several | an array `metadata` of no axes, dtype `<U`: `json.loads(file["metadata"].item())` |
/// | `.safetensors` | several | `__metadata__["metadata"]` |
/// | `.json` | several, as nested lists | `{"metadata": …, "arrays": {name: {"dtype", "shape", "values"}}}` |
///
/// JSON has no NaN and no infinities: there they are `null`.
public enum ArrayFileFormat: String, Sendable, CaseIterable {
  /// NumPy's format of one array.
  case npy
  /// NumPy's zip file of arrays, not compressed.
  case npz
  /// Hugging Face's format of tensors.
  case safetensors
  /// One JSON object, on one line.
  case json

  /// The format of a file by its extension.
  ///
  /// - Throws: ``ArrayFileError/unknownExtension(path:)``.
  public init(path: String) throws(ArrayFileError) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let format = ArrayFileFormat(rawValue: parts[parts.count - 1].lowercased()) else {
      throw .unknownExtension(path: path)
    }
    self = format
  }

  /// Whether a file holds one array only.
  public var holdsOneArray: Bool { self == .npy }
}
