public import MAESTTensor
import MAESTWeights

/// Writes one array for NumPy.
public enum NumPyWriter {
  /// Writes `tensor` to `path` as `.npy` (format version 1.0, little-endian float32, C order).
  ///
  /// The file appears when it is complete. ``ArrayFileWriter`` writes several arrays, and more formats.
  ///
  /// - Throws: `FileWriteError`.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let file = try AtomicFile(path: path)
    try file.write(
      NumPyHeader.encode(shape: tensor.shape, elementType: ArrayElementType.float32.numPyName))
    try file.write(ArrayElementType.float32.encode(tensor.elements))
    try file.commit()
  }
}
