package import MAESTFiles
public import MAESTTensor
import MAESTWeights

/// Writes one array as a NumPy file.
public enum NumPyWriter {
  /// Writes `tensor` to `path` as `.npy` (format version 1.0, little-endian float32, C order).
  ///
  /// The file appears at its path when it is complete. Use ``ArrayFileWriter`` for several arrays or other formats.
  ///
  /// - Throws: `FileWriteError`; ``ArrayFileError/tooManyAxes(count:most:)`` for more than 32 axes.
  public static func write(_ tensor: Tensor, to path: String) throws {
    try write(tensor, to: AtomicFile(path: path))
  }

  /// Writes and commits a file.
  ///
  /// - Parameter synchronizingFolder: as in `AtomicFile.commit`.
  package static func write(
    _ tensor: Tensor, to file: AtomicFile, synchronizingFolder: Bool = true
  ) throws {
    guard tensor.rank <= NumPyHeader.mostAxes else {
      throw ArrayFileError.tooManyAxes(count: tensor.rank, most: NumPyHeader.mostAxes)
    }
    try file.write(
      NumPyHeader.encode(shape: tensor.shape, elementType: ArrayElementType.float32.numPyName))
    try file.write(ArrayElementType.float32.encode(tensor.elements))
    try file.commit(synchronizingFolder: synchronizingFolder)
  }
}
