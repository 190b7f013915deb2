extension Operations {
  /// Operations that split or slice tensors.
  static let slicing: [String: Implementation] = [
    "Split": split, "SplitV": splitBySizes, "Unpack": unpack, "Slice": slice, "StridedSlice": stridedSlice,
  ]

  /// Maximum number of parts that one operation may return.
  static let partLimit = 1024

  private static func split(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(1)
    let axis = try operands.axis(at: 0, rank: tensor.shape.count)
    let parts = operands.node.integer("num_split", default: 1)
    guard let sizes = partSizes(parts, of: tensor.shape[axis]) else {
      throw operands.node.failure("\(tensor.shape[axis]) elements in \(parts) parts")
    }
    return sections(tensor, axis: axis, sizes: sizes)
  }

  /// Returns the sizes of `count` equal parts of `length` elements; nil if that is not possible.
  static func partSizes(_ count: Int, of length: Int) -> [Int]? {
    guard count > 0, count <= partLimit, length % count == 0 else { return nil }
    return Array(repeating: length / count, count: count)
  }

  /// The sizes are the second input; one of them may be -1.
  private static func splitBySizes(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let axis = try operands.axis(at: 2, rank: tensor.shape.count)
    let sizes = try partSizes(operands.node, operands.integers(1), length: tensor.shape[axis])
    return sections(tensor, axis: axis, sizes: sizes)
  }

  /// Returns the sizes of parts that add up to `length` elements; one of `wanted` may be -1.
  static func partSizes(_ node: Node, _ wanted: [Int], length: Int) throws(ConversionError) -> [Int] {
    guard wanted.count <= partLimit else {
      throw node.failure("\(wanted.count) parts, allowed are \(partLimit)")
    }
    let misfit = node.failure("parts of \(wanted.brief) out of \(length) elements")
    var sizes = wanted
    var rest = length
    for size in sizes where size != -1 {
      guard size >= 0, size <= rest else { throw misfit }
      rest -= size
    }
    if let free = sizes.firstIndex(of: -1) {
      sizes[free] = rest
      rest = 0
    }
    guard rest == 0, !sizes.contains(-1) else { throw misfit }
    return sizes
  }

  private static func unpack(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let axis = try operands.axis(operands.node.integer("axis", default: 0), rank: tensor.shape.count)
    let count = tensor.shape[axis]
    guard count <= partLimit, operands.node.integer("num", default: count) == count else {
      throw operands.node.failure(
        "\(count) parts, expected \(operands.node.integer("num", default: count)), at most \(partLimit)")
    }
    var shape = tensor.shape
    shape.remove(at: axis)
    return sections(tensor, axis: axis, sizes: Array(repeating: 1, count: count)).map { $0.reshaped(shape) }
  }

  private static func sections(_ tensor: ConstantTensor, axis: Int, sizes: [Int]) -> [ConstantTensor] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return tensor.section(axis: axis, range: start..<(start + size))
    }
  }

  private static func slice(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let (begin, sizes) = (try operands.list(1), try operands.list(2))
    let shape = try slicedShape(operands.node, tensor.shape, begin: begin, sizes: sizes)
    let strides = ConstantTensor.strides(tensor.shape)
    let start = zip(begin, strides).reduce(0) { $0 + $1.0 * $1.1 }
    return [tensor.mapElements(shape: shape, Movement(shape: shape, strides: strides, start: start))]
  }

  /// Returns the shape of a slice that starts at `begin`; a size of -1 means the rest of an axis.
  static func slicedShape(
    _ node: Node, _ shape: [Int], begin: [Int], sizes: [Int]
  ) throws(ConversionError) -> [Int] {
    let misfit = node.failure("begin \(begin), size \(sizes) for shape \(shape)")
    guard begin.count == shape.count, sizes.count == begin.count else { throw misfit }
    var result: [Int] = []
    for (axis, extent) in shape.enumerated() {
      guard begin[axis] >= 0, begin[axis] <= extent, sizes[axis] >= -1, sizes[axis] <= extent - begin[axis]
      else { throw misfit }
      result.append(sizes[axis] == -1 ? extent - begin[axis] : sizes[axis])
    }
    return result
  }

  private static func stridedSlice(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let slice = try StridedSlice(
      operands.node, shape: tensor.shape, begin: operands.list(1), end: operands.list(2),
      strides: operands.list(3))
    return [tensor.mapElements(shape: slice.resultShape, slice.movement(in: tensor.shape))]
  }
}

/// The selection of a `StridedSlice`: Python's `tensor[begin:end:stride, ...]`, with masks for omitted bounds.
struct StridedSlice {
  /// First index, stride and count for each axis of the tensor.
  private(set) var axes: [(start: Int, stride: Int, count: Int)] = []
  /// Shape of the result: without the axes that a single index selects from, with the new axes.
  private(set) var resultShape: [Int] = []

  private let node: Node
  private let shape: [Int]

  init(_ node: Node, shape: [Int], begin: [Int], end: [Int], strides: [Int]) throws(ConversionError) {
    self.node = node
    self.shape = shape
    let ellipsis = begin.indices.filter { isSet("ellipsis_mask", $0) }
    let ownCount = begin.indices.count { !isSet("ellipsis_mask", $0) && !isSet("new_axis_mask", $0) }
    guard begin.count == end.count, begin.count == strides.count, ownCount <= shape.count,
      ellipsis.count <= 1
    else { throw node.failure("slice from \(begin) to \(end) by \(strides) of \(shape)") }
    for entry in begin.indices {
      if isSet("ellipsis_mask", entry) {
        takeWhole(shape.count - ownCount)
      } else if isSet("new_axis_mask", entry) {
        resultShape.append(1)
      } else if isSet("shrink_axis_mask", entry) {
        try takeOne(begin[entry], stride: strides[entry])
      } else {
        try takeRun(
          from: isSet("begin_mask", entry) ? nil : begin[entry],
          to: isSet("end_mask", entry) ? nil : end[entry], stride: strides[entry])
      }
    }
    takeWhole(shape.count - axes.count)
  }

  private func isSet(_ mask: String, _ entry: Int) -> Bool {
    entry < 63 && node.integer(mask, default: 0) >> entry & 1 == 1
  }

  private mutating func takeWhole(_ count: Int) {
    for _ in 0..<count {
      let size = shape[axes.count]
      axes.append((0, 1, size))
      resultShape.append(size)
    }
  }

  private mutating func takeOne(_ index: Int, stride: Int) throws(ConversionError) {
    let size = shape[axes.count]
    guard stride > 0 else { throw node.failure("a single element by stride \(stride)") }
    guard index >= -size, index < size else { throw node.failure("index \(index) of \(size)") }
    axes.append((index < 0 ? index + size : index, 1, 1))
  }

  private mutating func takeRun(from begin: Int?, to end: Int?, stride: Int) throws(ConversionError) {
    let size = shape[axes.count]
    guard stride != 0, abs(Double(stride)) <= 0x1p30 else { throw node.failure("stride \(stride)") }
    // With a negative stride the end may lie before the first element.
    let (lowest, highest) = stride > 0 ? (0, size) : (-1, size - 1)
    func clamped(_ index: Int) -> Int { min(max(index < 0 ? index + size : index, lowest), highest) }
    let first = begin.map(clamped) ?? (stride > 0 ? lowest : highest)
    let last = end.map(clamped) ?? (stride > 0 ? highest : lowest)
    let distance = stride > 0 ? last - first : first - last
    let count = max(0, (distance + abs(stride) - 1) / abs(stride))
    axes.append((first, stride, count))
    resultShape.append(count)
  }

  /// Returns the traversal that selects the elements from a tensor of `shape`.
  func movement(in shape: [Int]) -> Movement {
    let strides = ConstantTensor.strides(shape)
    let start = zip(axes, strides).reduce(0) { $0 + $1.0.start * $1.1 }
    return Movement(
      shape: axes.map(\.count), strides: zip(axes, strides).map { $0.stride * $1 }, start: start)
  }
}
