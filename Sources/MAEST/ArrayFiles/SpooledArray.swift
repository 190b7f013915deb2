import Foundation
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// An array whose elements are stored in a spool; it can grow along its first axis.
final class SpooledArray {
  let name: String
  let elementType: ArrayElementType
  private let spool: ArraySpool
  /// The shape of one slice.
  private let sliceShape: [Int]
  /// Number of slices; nil if the array is one tensor and cannot grow.
  private var sliceCount: Int?

  /// Creates an array without slices that can grow.
  init(name: String, sliceShape: [Int], _ elementType: ArrayElementType, _ spool: ArraySpool) {
    (self.name, self.sliceShape, self.elementType, self.spool) = (name, sliceShape, elementType, spool)
    sliceCount = 0
  }

  /// Creates a complete array.
  init(
    name: String, _ tensor: Tensor, _ elementType: ArrayElementType, _ spool: ArraySpool
  ) throws(FileWriteError) {
    (self.name, sliceShape, self.elementType, self.spool) = (name, tensor.shape, elementType, spool)
    try spool.append(elementType.encode(tensor.elements))
  }

  var shape: [Int] { (sliceCount.map { [$0] } ?? []) + sliceShape }

  /// - Throws: ``ArrayFileError`` if the array is complete or the slice's shape differs; `FileWriteError`.
  func append(_ slice: Tensor) throws {
    guard let count = sliceCount else { throw ArrayFileError.arrayExists(name: name) }
    guard slice.shape == sliceShape else {
      throw ArrayFileError.wrongSliceShape(name: name, found: slice.shape, expected: sliceShape)
    }
    try spool.append(elementType.encode(slice.elements))
    sliceCount = count + 1
  }

  /// Passes all bytes to `body` in pieces that do not split an element.
  func forEachPiece(_ body: TensorSource.Sink) throws { try spool.forEachPiece(body) }

  var byteCount: Int { spool.byteCount }

  var numPyHeader: Data { NumPyHeader.encode(shape: shape, elementType: elementType.numPyName) }
}
