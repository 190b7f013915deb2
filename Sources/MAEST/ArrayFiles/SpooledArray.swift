import Foundation
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// An array that grows along its first axis, its elements in a spool.
final class SpooledArray {
  let name: String
  let elementType: ArrayElementType
  private let spool: ArraySpool
  /// The shape of one slice.
  private let sliceShape: [Int]
  /// nil: the array is one tensor, which does not grow.
  private var sliceCount: Int?

  /// An array that takes slices, none yet.
  init(name: String, sliceShape: [Int], _ elementType: ArrayElementType, _ spool: ArraySpool) {
    (self.name, self.sliceShape, self.elementType, self.spool) = (name, sliceShape, elementType, spool)
    sliceCount = 0
  }

  /// An array that is complete.
  init(
    name: String, _ tensor: Tensor, _ elementType: ArrayElementType, _ spool: ArraySpool
  ) throws(FileWriteError) {
    (self.name, sliceShape, self.elementType, self.spool) = (name, tensor.shape, elementType, spool)
    try spool.append(elementType.encode(tensor.elements))
  }

  var shape: [Int] { (sliceCount.map { [$0] } ?? []) + sliceShape }

  /// - Throws: ``ArrayFileError`` for an array that is complete, or a slice of another shape; `FileWriteError`.
  func append(_ slice: Tensor) throws {
    guard let count = sliceCount else { throw ArrayFileError.arrayExists(name: name) }
    guard slice.shape == sliceShape else {
      throw ArrayFileError.wrongSliceShape(name: name, found: slice.shape, expected: sliceShape)
    }
    try spool.append(elementType.encode(slice.elements))
    sliceCount = count + 1
  }

  /// Passes on all bytes in pieces of whole numbers.
  func forEachPiece(_ body: TensorSource.Sink) throws { try spool.forEachPiece(body) }

  var byteCount: Int { spool.byteCount }

  var numPyHeader: Data { NumPyHeader.encode(shape: shape, elementType: elementType.numPyName) }
}
