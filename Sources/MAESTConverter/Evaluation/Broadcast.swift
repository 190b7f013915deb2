/// Two operands broadcast to a common shape.
struct Broadcast {
  let left: ConstantTensor
  let right: ConstantTensor
  let shape: [Int]

  private let count: Int
  /// Axes of more than one element; adjacent axes that both operands traverse with one stride are merged.
  private let sizes: [Int]
  private let leftStrides: [Int]
  private let rightStrides: [Int]

  init(_ operands: Operands) throws(ConversionError) {
    left = try operands.tensor(0)
    right = try operands.tensor(1)
    guard let shape = Self.shape(left.shape, right.shape) else {
      throw operands.node.failure("shapes \(left.shape) and \(right.shape), expected equal sizes or 1")
    }
    count = try operands.checkedCount(shape)
    self.shape = shape
    let axes = Self.merged(shape, left.broadcastStrides(to: shape), right.broadcastStrides(to: shape))
    sizes = axes.map(\.size)
    leftStrides = axes.map(\.left)
    rightStrides = axes.map(\.right)
  }

  private static func merged(
    _ shape: [Int], _ left: [Int], _ right: [Int]
  ) -> [(size: Int, left: Int, right: Int)] {
    var axes: [(size: Int, left: Int, right: Int)] = []
    for axis in shape.indices where shape[axis] != 1 {
      let (size, left, right) = (shape[axis], left[axis], right[axis])
      if let last = axes.last, last.left == size * left, last.right == size * right {
        axes[axes.count - 1] = (last.size * size, left, right)
      } else {
        axes.append((size, left, right))
      }
    }
    return axes
  }

  /// Returns the shape that two shapes broadcast to; nil if they are incompatible.
  static func shape(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    var shape: [Int] = []
    for (a, b) in zip(padded(left, rank), padded(right, rank)) {
      guard a == b || a == 1 || b == 1 else { return nil }
      shape.append(a == 1 ? b : a)
    }
    return shape
  }

  private static func padded(_ shape: [Int], _ rank: Int) -> [Int] {
    Array(repeating: 1, count: rank - shape.count) + shape
  }

  var floats: ([Float], [Float])? {
    guard let a = left.floats, let b = right.floats else { return nil }
    return (a, b)
  }
  var integers: ([Int], [Int])? {
    guard let a = left.integers, let b = right.integers else { return nil }
    return (a, b)
  }
  var booleans: ([Bool], [Bool])? {
    guard let a = left.booleans, let b = right.booleans else { return nil }
    return (a, b)
  }

  var typeMismatch: String {
    "operands of type \(left.type.rawValue) and \(right.type.rawValue), expected two of one suitable type"
  }

  /// Applies `operation` to every pair of elements, in row-major order. `a` holds the elements of the left operand, `b`
  /// those of the right one.
  ///
  /// The inner loop runs along the last axis, over both operands or with one of them held fixed.
  @inline(__always)
  func map<T, R: BitwiseCopyable>(_ a: [T], _ b: [T], _ operation: (T, T) -> R) -> [R] {
    guard count > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: count) { output, initializedCount in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress, var target = output.baseAddress else { return }
          let width = sizes.last ?? 1
          let (leftStep, rightStep) = (leftStrides.last ?? 1, rightStrides.last ?? 1)
          let rows = Odometer(sizes: Array(sizes.dropLast()))
          rows.forEach(leftStrides.dropLast(), rightStrides.dropLast()) { left, right in
            let (a, b) = (a + left, b + right)
            if leftStep == rightStep {
              for index in 0..<width { target[index] = operation(a[index], b[index]) }
            } else if rightStep == 0 {
              let held = b[0]
              for index in 0..<width { target[index] = operation(a[index], held) }
            } else {
              let held = a[0]
              for index in 0..<width { target[index] = operation(held, b[index]) }
            }
            target += width
          }
        }
      }
      initializedCount = count
    }
  }
}
