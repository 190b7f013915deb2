import MAESTTensor
import MAESTWeights

/// An array of a file that was opened.
struct StoredArray: Sendable {
  enum Elements: Sendable {
    case bytes(StoredElements)
    /// They were text.
    case numbers(Tensor)
    /// Of a type that is not read.
    case unsupported
  }

  let entry: ArrayFile.Entry
  let elements: Elements
}

/// Where the elements of an array lie in a file, and how.
struct StoredElements: Sendable {
  let type: SafeTensorsElementType
  var isBigEndian = false
  /// Whether the first axis runs fastest.
  var isColumnMajor = false
  /// Bytes of the file.
  let range: Range<Int>
  /// The CRC-32 of a part of the file that has the elements in it.
  var checksum: (value: UInt32, range: Range<Int>)?

  /// Reads the elements, which the shape fits.
  func tensor(of file: MappedFile, shape: [Int]) -> Tensor {
    let numbers = file.withUnsafeBytes {
      type.numbers(in: UnsafeRawBufferPointer(rebasing: $0[range]), isBigEndian: isBigEndian)
    }
    return Tensor(shape: shape, elements: isColumnMajor ? Self.rowMajor(numbers, shape) : numbers)
  }

  /// Some slices along the first axis of row-major elements of this shape.
  subscript(slices slices: Range<Int>, of shape: [Int]) -> StoredElements {
    let byteCount = shape.dropFirst().reduce(type.byteCount, *)
    let start = range.lowerBound + slices.lowerBound * byteCount
    return StoredElements(
      type: type, isBigEndian: isBigEndian, range: start..<start + slices.count * byteCount)
  }

  /// Elements whose first axis runs fastest, in the order in which the last one does.
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
