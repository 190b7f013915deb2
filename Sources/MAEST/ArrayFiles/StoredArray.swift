import MAESTTensor
import MAESTWeights

/// An array in an open file.
struct StoredArray: Sendable {
  enum Elements: Sendable {
    case bytes(StoredElements)
    /// Already decoded, from JSON.
    case numbers(Tensor)
    /// An unsupported element type.
    case unsupported
  }

  let entry: ArrayFile.Entry
  let elements: Elements
}

/// Position and layout of an array's elements in a file.
struct StoredElements: Sendable {
  let type: SafeTensorsElementType
  var isBigEndian = false
  /// Whether the first axis varies fastest.
  var isColumnMajor = false
  /// Byte range in the file.
  let range: Range<Int>
  /// CRC-32 of a part of the file that contains the elements.
  var checksum: (value: UInt32, range: Range<Int>)?

  /// Reads the elements; the shape must match their number.
  func tensor(of file: MappedFile, shape: [Int]) -> Tensor {
    let numbers = file.withUnsafeBytes {
      type.numbers(in: UnsafeRawBufferPointer(rebasing: $0[range]), isBigEndian: isBigEndian)
    }
    return Tensor(shape: shape, elements: isColumnMajor ? Self.rowMajor(numbers, shape) : numbers)
  }

  /// The elements of slices along the first axis, for row-major elements of this shape.
  subscript(slices slices: Range<Int>, of shape: [Int]) -> StoredElements {
    let byteCount = shape.dropFirst().reduce(type.byteCount, *)
    let start = range.lowerBound + slices.lowerBound * byteCount
    return StoredElements(
      type: type, isBigEndian: isBigEndian, range: start..<start + slices.count * byteCount)
  }

  /// Converts column-major elements to row-major order.
  private static func rowMajor(_ numbers: [Float], _ shape: [Int]) -> [Float] {
    var index = [Int](repeating: 0, count: shape.count)
    var strides = [1]
    for length in shape.dropLast() { strides.append(strides[strides.count - 1] * length) }
    var position = 0
    return numbers.indices.map { _ in
      let number = numbers[position]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= index[axis] * strides[axis]
        index[axis] = 0
      }
      return number
    }
  }
}
