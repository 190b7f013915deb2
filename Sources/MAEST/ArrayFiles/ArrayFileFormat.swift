/// A file format for named arrays.
///
/// Each format stores the arrays' names, shapes and element types, and, except `.npy`, metadata as JSON text:
///
/// | format | arrays | metadata |
/// |---|---|---|
/// | `.npy` | one, without its name | none: not supported by NumPy's header |
/// | `.npz` | several | an array `metadata` without axes, dtype `<U`: `json.loads(file["metadata"].item())` |
/// | `.safetensors` | several | `__metadata__["metadata"]` |
/// | `.json` | several, as nested lists | `{"metadata": …, "arrays": {name: {"dtype", "shape", "values"}}}` |
///
/// JSON cannot represent NaN and infinities; they are written as `null`.
public enum ArrayFileFormat: String, Sendable, CaseIterable {
  /// NumPy's format for one array.
  case npy
  /// NumPy's uncompressed zip archive of arrays.
  case npz
  /// Hugging Face's tensor format.
  case safetensors
  /// One JSON object, on one line.
  case json

  /// Determines the format from the path's extension.
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

  /// Whether a file can hold only one array.
  public var holdsOneArray: Bool { self == .npy }
}
