#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Operations {
  /// Reductions along any axes; sums of floats are computed in double precision.
  static let reductions: [String: Implementation] = [
    "Sum": reduce(floats: { sum($0) }, integers: { $0.reduce(0, &+) }),
    "Mean": reduce(
      floats: { sum($0) / Double($0.count) }, integers: { $0.isEmpty ? nil : $0.reduce(0, &+) / $0.count }),
    "Prod": reduce(floats: { $0.reduce(1) { $0 * Double($1) } }, integers: { $0.reduce(1, &*) }),
    "Max": reduce(floats: { extreme($0, -.infinity) { $0 > $1 } }, integers: { $0.max() }),
    "Min": reduce(floats: { extreme($0, .infinity) { $0 < $1 } }, integers: { $0.min() }),
    "All": reduceFlags { $0.allSatisfy { $0 } }, "Any": reduceFlags { $0.contains(true) },
    "Softmax": softmax,
  ]

  private typealias Row<T> = UnsafeBufferPointer<T>

  /// - Parameter integers: returns nil if there is nothing to reduce.
  private static func reduce(
    floats: @escaping @Sendable (Row<Float>) -> Double, integers: @escaping @Sendable (Row<Int>) -> Int?
  ) -> Implementation {
    { (operands) throws(ConversionError) in
      let reduction = try Reduction(operands)
      let tensor = reduction.source
      if let values = tensor.floats {
        let result = reduction.rows(values) { Float(floats($0)) }
        return [ConstantTensor(type: tensor.type, shape: reduction.shape, elements: .floats(result))]
      }
      guard let values = tensor.integers else {
        throw operands.node.failure("a tensor of type \(tensor.type.rawValue), expected numbers")
      }
      let result = reduction.rows(values, integers)
      let known = result.compactMap(\.self)
      guard known.count == result.count else { throw operands.node.failure("no integers to reduce") }
      return [
        ConstantTensor(
          type: tensor.type, shape: reduction.shape, elements: .integers(tensor.type.wrapped(known)))
      ]
    }
  }

  private static func reduceFlags(_ operation: @escaping @Sendable (Row<Bool>) -> Bool) -> Implementation {
    { (operands) throws(ConversionError) in
      _ = try operands.booleans(0)
      let reduction = try Reduction(operands)
      let result = reduction.rows(reduction.source.booleans ?? [], operation)
      return [ConstantTensor(booleans: result, shape: reduction.shape)]
    }
  }

  private static func sum(_ values: Row<Float>) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index + 4 <= values.count {
      sums.0 += Double(values[index])
      sums.1 += Double(values[index + 1])
      sums.2 += Double(values[index + 2])
      sums.3 += Double(values[index + 3])
      index += 4
    }
    while index < values.count {
      sums.0 += Double(values[index])
      index += 1
    }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }

  /// Returns the largest or smallest number; NaN if there is any NaN.
  private static func extreme(
    _ values: Row<Float>, _ start: Double, _ isBetter: (Float, Float) -> Bool
  ) -> Double {
    var best = Float(start)
    for value in values where isBetter(value, best) || value.isNaN { best = value }
    return Double(best)
  }

  /// Softmax over the last axis.
  private static func softmax(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let values = try operands.floats(0)
    let tensor = operands.inputs[0]
    guard let width = tensor.shape.last else { throw operands.node.failure("a tensor without axes") }
    let rows = width > 0 ? values.count / width : 0
    let result = operands.context.filledRows(count: rows, width: width) { rows, output in
      values.withUnsafeBufferPointer { values in
        for (index, row) in rows.enumerated() {
          softmax(
            UnsafeBufferPointer(rebasing: values[(row * width)..<((row + 1) * width)]),
            into: UnsafeMutableBufferPointer(rebasing: output[(index * width)..<((index + 1) * width)]))
        }
      }
    }
    return [ConstantTensor(type: tensor.type, shape: tensor.shape, elements: .floats(result))]
  }

  private static func softmax(_ row: Row<Float>, into output: UnsafeMutableBufferPointer<Float>) {
    var largest = -Float.infinity
    for value in row { largest = value > largest ? value : largest }
    for index in row.indices { output[index] = expf(row[index] - largest) }
    let factor = Float(1 / sum(Row(output)))
    for index in row.indices { output[index] *= factor }
  }
}

/// A tensor with the reduced axes last, so that each row reduces to one element.
private struct Reduction {
  let source: ConstantTensor
  let shape: [Int]
  private let rowCount: Int
  private let width: Int

  init(_ operands: Operands) throws(ConversionError) {
    let tensor = try operands.tensor(0)
    let rank = tensor.shape.count
    var reduced: Set<Int> = []
    for value in try operands.list(1) {
      guard reduced.insert(try operands.axis(value, rank: rank)).inserted else {
        throw operands.node.failure("axis \(value) twice")
      }
    }
    let kept = (0..<rank).filter { !reduced.contains($0) }
    let keepsAxes = operands.node.flag("keep_dims")
    shape = (0..<rank).filter { keepsAxes || !reduced.contains($0) }
      .map { reduced.contains($0) ? 1 : tensor.shape[$0] }
    rowCount = try operands.checkedCount(shape)
    width = reduced.reduce(1) { $0 * tensor.shape[$1] }
    source = tensor.permuted(kept + reduced.sorted())
  }

  /// Applies `operation` to every row.
  func rows<T, R>(_ values: [T], _ operation: (UnsafeBufferPointer<T>) -> R) -> [R] {
    values.withUnsafeBufferPointer { values in
      (0..<rowCount).map {
        operation(UnsafeBufferPointer(rebasing: values[($0 * width)..<(($0 + 1) * width)]))
      }
    }
  }
}
