/// A strided traversal of a tensor in the element order of the result: the common implementation of transpositions,
/// slices, repetitions and broadcasts.
///
/// Element `[i, j, ...]` of the result is the source's element at `start + i * strides[0] + j * strides[1] + ...`; a
/// stride of 0 repeats elements, a negative one reverses their order.
struct Movement: ElementRearrangement {
  private struct Axis {
    var size: Int
    var stride: Int
  }

  /// Edge length of the transposition tiles: a tile of source and target fits into the L1 cache.
  private static let tileEdge = 32

  private let start: Int
  private let count: Int
  /// Axes of more than one element; adjacent axes that can be traversed with one stride are merged.
  private let axes: [Axis]

  init(shape: [Int], strides: [Int], start: Int = 0) {
    precondition(shape.count == strides.count, "\(strides.count) strides for shape \(shape)")
    self.start = start
    count = shape.reduce(1, *)
    var axes: [Axis] = []
    for (size, stride) in zip(shape, strides) where size != 1 {
      if let last = axes.last, last.stride == size * stride {
        axes[axes.count - 1] = Axis(size: last.size * size, stride: stride)
      } else {
        axes.append(Axis(size: size, stride: stride))
      }
    }
    self.axes = axes
  }

  /// Returns the elements in traversal order.
  func callAsFunction<T>(_ source: [T]) -> [T] {
    guard count > 0 else { return [] }
    checkBounds(source.count)
    guard let inner = axes.last else { return [source[start]] }
    if axes.count == 1, inner.stride == 1 {
      return start == 0 && count == source.count ? source : Array(source[start..<(start + count)])
    }
    return Array(unsafeUninitializedCapacity: count) { target, initializedCount in
      source.withUnsafeBufferPointer { source in
        if inner.stride != 1, let swapped = axes.firstIndex(where: { $0.stride == 1 }) {
          transpose(source, target, swapped)
        } else {
          copyRows(source, target, inner)
        }
      }
      initializedCount = count
    }
  }

  private func checkBounds(_ sourceCount: Int) {
    let reaches = axes.map { ($0.size - 1) * $0.stride }
    let lowest = reaches.reduce(start) { $0 + min($1, 0) }
    let highest = reaches.reduce(start) { $0 + max($1, 0) }
    precondition(
      lowest >= 0 && highest < sourceCount, "elements \(lowest) to \(highest) of \(sourceCount)")
  }

  private func copyRows<T>(
    _ source: UnsafeBufferPointer<T>, _ target: UnsafeMutableBufferPointer<T>, _ inner: Axis
  ) {
    var position = 0
    forEachOffset(axes.dropLast()) { offset in
      if inner.stride == 1 {
        let row = UnsafeBufferPointer(rebasing: source[offset..<(offset + inner.size)])
        _ = UnsafeMutableBufferPointer(rebasing: target[position..<(position + inner.size)])
          .initialize(fromContentsOf: row)
      } else {
        for index in 0..<inner.size {
          target.initializeElement(at: position + index, to: source[offset + index * inner.stride])
        }
      }
      position += inner.size
    }
  }

  /// Traverses tiles over the last axis and the axis that is contiguous in the source.
  private func transpose<T>(
    _ source: UnsafeBufferPointer<T>, _ target: UnsafeMutableBufferPointer<T>, _ swapped: Int
  ) {
    let targetStrides = ConstantTensor.strides(axes.map(\.size))
    let (column, row) = (axes[axes.count - 1], axes[swapped])
    let others = axes.indices.dropLast().filter { $0 != swapped }
    let walk = Odometer(sizes: others.map { axes[$0].size })
    let step = targetStrides[swapped]
    walk.forEach(
      others.map { axes[$0].stride }, others.map { targetStrides[$0] }, starts: (start, 0)
    ) { base, target0 in
      for firstRow in stride(from: 0, to: row.size, by: Self.tileEdge) {
        let rows = firstRow..<min(firstRow + Self.tileEdge, row.size)
        for firstColumn in stride(from: 0, to: column.size, by: Self.tileEdge) {
          for index in rows {
            for other in firstColumn..<min(firstColumn + Self.tileEdge, column.size) {
              target.initializeElement(
                at: target0 + index * step + other, to: source[base + index + other * column.stride])
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the source offset of every position along some axes, in row-major order.
  private func forEachOffset(_ axes: ArraySlice<Axis>, _ body: (Int) -> Void) {
    Odometer(sizes: axes.map(\.size)).forEach(strides: axes.map(\.stride), start: start, body)
  }
}

/// Iterates over all positions along some axes; the last axis varies fastest.
struct Odometer {
  let sizes: [Int]

  /// Calls `body` with `start` plus the sum of index times stride over the axes, for every position.
  @inline(__always)
  func forEach(strides: [Int], start: Int = 0, _ body: (Int) -> Void) {
    let still = Array(repeating: 0, count: sizes.count)
    forEach(strides, still, starts: (start, 0)) { offset, _ in body(offset) }
  }

  /// Calls `body` with the offsets for two lists of strides at once.
  @inline(__always)
  func forEach(_ first: [Int], _ second: [Int], starts: (Int, Int) = (0, 0), _ body: (Int, Int) -> Void) {
    guard !sizes.contains(0) else { return }
    var indices = Array(repeating: 0, count: sizes.count)
    var (a, b) = starts
    while true {
      body(a, b)
      var axis = sizes.count - 1
      while axis >= 0 {
        indices[axis] += 1
        a += first[axis]
        b += second[axis]
        if indices[axis] < sizes[axis] { break }
        a -= first[axis] * sizes[axis]
        b -= second[axis] * sizes[axis]
        indices[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

extension ConstantTensor {
  /// Returns the tensor with its axes permuted: axis `i` of the result is axis `order[i]`.
  func permuted(_ order: [Int]) -> ConstantTensor {
    if order == Array(shape.indices) { return self }
    let strides = Self.strides(shape)
    let permuted = order.map { shape[$0] }
    return mapElements(shape: permuted, Movement(shape: permuted, strides: order.map { strides[$0] }))
  }

  /// Returns the elements of `range` along one axis.
  func section(axis: Int, range: Range<Int>) -> ConstantTensor {
    var result = shape
    result[axis] = range.count
    let strides = Self.strides(shape)
    return mapElements(
      shape: result,
      Movement(shape: result, strides: strides, start: range.lowerBound * strides[axis]))
  }

  /// Returns the tensor broadcast to `target`, with which its shape must be compatible.
  func broadcast(to target: [Int]) -> ConstantTensor {
    target == shape
      ? self : mapElements(shape: target, Movement(shape: target, strides: broadcastStrides(to: target)))
  }

  /// Returns the strides for traversing this tensor in the order of `target`.
  func broadcastStrides(to target: [Int]) -> [Int] { Self.broadcastStrides(shape, to: target) }

  /// Returns the strides for traversing a tensor of `shape` in the order of `target`: 0 along axes of one element.
  static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
    let padding = Array(repeating: 0, count: target.count - shape.count)
    return padding + zip(shape, strides(shape)).map { $0 == 1 ? 0 : $1 }
  }
}
