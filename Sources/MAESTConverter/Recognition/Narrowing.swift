/// A part of a tensor: a run of indices along each axis. Axes of one index may be dropped afterwards.
struct Narrowing {
  var input: Value
  /// The first index along each axis of `input`, and the number of indices.
  var starts: [Int]
  var counts: [Int]

  /// Creates the narrowing that selects the whole of a tensor of `shape`.
  init(_ input: Value, shape: [Int]) {
    self.input = input
    starts = shape.map { _ in 0 }
    counts = shape
  }

  /// Returns the number of indices of an axis, counted from the end if negative; nil if there is no such axis.
  func length(of axis: Int) -> Int? {
    let axis = axis < 0 ? axis + counts.count : axis
    return counts.indices.contains(axis) ? counts[axis] : nil
  }

  /// Returns the narrowing restricted to `range` along `axis`; nil if there is no such axis or it is shorter.
  func along(_ axis: Int, _ range: Range<Int>) -> Narrowing? {
    guard let length = length(of: axis), !range.isEmpty, range.lowerBound >= 0, range.upperBound <= length
    else { return nil }
    let axis = axis < 0 ? axis + counts.count : axis
    var result = self
    (result.starts[axis], result.counts[axis]) = (range.lowerBound, range.count)
    return result
  }
}

extension PatternMatcher {
  /// Returns the part of its input that `value` selects; nil if the indices are not runs or the operation is another.
  func narrowing(_ value: Value) -> Narrowing? {
    let value = graph.source(of: value)
    let node = node(value)
    let position = node.operation == "Split" ? 1 : 0
    guard !graph.isConstant(value), node.inputs.indices.contains(position),
      let shape = graph.shape(of: node.inputs[position])
    else { return nil }
    let whole = Narrowing(node.inputs[position], shape: shape)
    switch node.operation {
    case "Gather", "GatherV2": return gathered(node, whole)
    case "Split", "SplitV": return splitPart(node, value.output, whole)
    case "Unpack":
      return whole.along(node.integer("axis", default: 0), value.output..<(value.output + 1))
    case "Slice": return slice(node, whole)
    case "StridedSlice": return stridedSlice(node, whole)
    default: return nil
    }
  }

  private func gathered(_ node: Node, _ whole: Narrowing) -> Narrowing? {
    guard node.inputs.count >= 2, let indices = integers(node.inputs[1]), let first = indices.first,
      node.integer("batch_dims", default: 0) == 0, first >= 0, first < Int.max - indices.count,
      indices.elementsEqual(first..<(first + indices.count))
    else { return nil }
    guard node.operation == "GatherV2" else { return whole.along(0, first..<(first + indices.count)) }
    guard node.inputs.count == 3, let axis = integers(node.inputs[2])?.first else { return nil }
    return whole.along(axis, first..<(first + indices.count))
  }

  private func splitPart(_ node: Node, _ part: Int, _ whole: Narrowing) -> Narrowing? {
    let isEven = node.operation == "Split"
    guard node.inputs.count == (isEven ? 2 : 3), let axis = integers(node.inputs[isEven ? 0 : 2])?.first,
      let length = whole.length(of: axis)
    else { return nil }
    let sizes =
      isEven
      ? Operations.partSizes(node.integer("num_split", default: 1), of: length)
      : integers(node.inputs[1]).flatMap { try? Operations.partSizes(node, $0, length: length) }
    guard let sizes, sizes.indices.contains(part) else { return nil }
    let start = sizes[..<part].reduce(0, +)
    return whole.along(axis, start..<(start + sizes[part]))
  }

  private func slice(_ node: Node, _ whole: Narrowing) -> Narrowing? {
    guard node.inputs.count == 3, let begin = integers(node.inputs[1]), let sizes = integers(node.inputs[2]),
      begin.count == whole.counts.count, sizes.count == begin.count
    else { return nil }
    var result: Narrowing? = whole
    for (axis, length) in whole.counts.enumerated() {
      guard (0...length).contains(begin[axis]), (-1...length - begin[axis]).contains(sizes[axis]) else {
        return nil
      }
      let end = sizes[axis] == -1 ? length : begin[axis] + sizes[axis]
      result = result?.along(axis, begin[axis]..<end)
    }
    return result
  }

  private func stridedSlice(_ node: Node, _ whole: Narrowing) -> Narrowing? {
    guard node.inputs.count == 4, let begin = integers(node.inputs[1]), let end = integers(node.inputs[2]),
      let strides = integers(node.inputs[3]),
      let slice = try? StridedSlice(node, shape: whole.counts, begin: begin, end: end, strides: strides)
    else { return nil }
    var result: Narrowing? = whole
    for (axis, run) in slice.axes.enumerated() {
      guard run.stride == 1 || run.count == 1 else { return nil }
      result = result?.along(axis, run.start..<(run.start + run.count))
    }
    return result
  }
}
