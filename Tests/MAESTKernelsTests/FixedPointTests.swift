import MAESTKernels
import MAESTTensor
import Testing

/// Packed numbers and products of 16-bit fixed point.
@Suite struct FixedPointTests {
  private static let largestLeft: Float = 8191
  private static let largestRight: Float = 4095

  /// Integer sums of 64 products, scaled and added up in single precision, one unit after the other: bit for bit.
  @Test(arguments: fixedPointKernels, [1, 1e-19, 1e19, 0x1p-99] as [Float])
  func theSumsAreThoseOfTheirDefinition(kernels: TileKernels, magnitude: Float) {
    var samples = Samples(seed: 51)
    for shape in TileProductTests.shapes + [(65, 129, 66), (3, 3072, 64)] {
      let (rows, inner, columns) = shape
      let a = samples.numbers(rows * inner).map { $0 * magnitude }
      let b = samples.numbers(inner * columns)
      let found = kernels.product(a, b, (rows, inner, columns))
      let twin = Self.productTwin(a, b, rows: rows, inner: inner, columns: columns)
      #expect(bitDifferences(found, twin) == nil, "\(shape)")
    }
  }

  /// All integers at their ends, of both signs: the largest sum that there is.
  @Test(arguments: fixedPointKernels, [Float(1), -1])
  func theLargestSumDoesNotOverflow(kernels: TileKernels, sign: Float) {
    let (rows, inner, columns) = (9, 128, 33)
    let a = [Float](repeating: 3, count: rows * inner)
    let b = [Float](repeating: sign * 5, count: inner * columns)
    let found = kernels.product(a, b, (rows, inner, columns))
    #expect(
      differences(found, [Double](repeating: Double(sign) * 15 * Double(inner), count: rows * columns)) { _ in
        1e-3
      } == nil)
  }

  /// Each factor is off by half an integer of its scale at most.
  @Test(arguments: fixedPointKernels)
  func productsOfAnyShapeAreNearTheExactOnes(kernels: TileKernels) {
    var samples = Samples(seed: 52)
    for _ in 0..<60 {
      let rows = Int.random(in: 1...100, using: &samples)
      let inner = Int.random(in: 1...300, using: &samples)
      let columns = Int.random(in: 1...100, using: &samples)
      let a = samples.numbers(rows * inner, in: -2...2)
      let b = samples.numbers(inner * columns)
      let (exact, magnitude) = MAESTKernelsTests.productTwin(
        a, b, rows: rows, inner: inner, columns: columns)
      let found = kernels.product(a, b, (rows, inner, columns))
      let worst = 2 * Double(inner) * (0.5 / 8191 + 0.5 / 4095 + 1e-7)
      #expect(
        differences(found, exact) { worst + magnitude[$0] * Double(inner) * rounding } == nil,
        "[\(rows), \(inner), \(columns)]")
      // Errors are independent: together they are far smaller.
      let errors = zip(found, exact).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      let norm = exact.reduce(0) { $0 + $1 * $1 }
      #expect(errors <= 1e-6 * norm || inner < 8, "[\(rows), \(inner), \(columns)]: \(errors / norm)")
    }
  }

  @Test(arguments: fixedPointKernels, TileForm.allCases)
  func numbersComeBack(kernels: TileKernels, form: TileForm) {
    var samples = Samples(seed: 53)
    let (rows, columns) = (70, 130)
    for magnitude: Float in [1, 1e30, 1e-25, 0x1p-90] {
      let numbers = samples.numbers(rows * columns, in: -magnitude...magnitude)
      let units = kernels.packed(numbers, rows: rows, columns: columns, as: form)
      let found = kernels.unpacked(units, rows: rows, columns: columns, as: form)
      let limit = form == .left ? Self.largestLeft : Self.largestRight
      let tolerance = Double(magnitude / limit) * (0.5 + 0x1p-8)
      #expect(differences(found, numbers.map(Double.init)) { _ in tolerance } == nil, "\(magnitude)")
    }
  }

  /// A scale is that of 64 numbers: a large number costs nothing beyond them.
  @Test(arguments: fixedPointKernels)
  func aLargeNumberIsAloneWithItsUnit(kernels: TileKernels) {
    var samples = Samples(seed: 54)
    var numbers = samples.numbers(256)
    numbers[70] = 1e6
    let units = kernels.packed(numbers, rows: 1, columns: 256, as: .left)
    let found = kernels.unpacked(units, rows: 1, columns: 256, as: .left)
    let exact = numbers.map(Double.init)
    #expect(
      differences(found, exact) { (64..<128).contains($0) ? 1e6 * 0.51 / 8191 : 0.51 / 8191 } == nil)
  }

  /// Nothing overflows, what is tiny is zero, and what is no number makes no numbers.
  @Test(arguments: fixedPointKernels)
  func rowsAtTheEndsOfTheRange(kernels: TileKernels) {
    let (inner, columns) = (64, 5)
    let b = [Float](repeating: 0.5, count: inner * columns)
    func product(_ number: Float, beside other: Float = 0) -> [Float] {
      var a = [Float](repeating: other, count: inner)
      a[3] = number
      return kernels.product(a, b, (1, inner, columns))
    }
    for tiny: Float in [0, -0, 0x1p-101, 0x1p-140, -.leastNonzeroMagnitude] {
      #expect(product(tiny) == [Float](repeating: 0, count: columns), "\(tiny)")
    }
    for large: Float in [1e30, -1e36, 0x1p-99] {
      let expected = [Double](repeating: Double(large) / 2, count: columns)
      #expect(differences(product(large), expected) { _ in abs(Double(large)) * 1e-6 } == nil, "\(large)")
    }
    for wrong: Float in [.nan, .infinity, -.infinity] {
      let found = product(wrong, beside: 1)
      #expect(found.allSatisfy { $0.isNaN }, "\(wrong)")
    }
    let mixed = kernels.product(
      [Float](repeating: .nan, count: inner) + [Float](repeating: 2, count: inner), b, (2, inner, columns))
    #expect(mixed.map(\.isNaN) == (0..<2 * columns).map { $0 < columns })
  }

  /// The integers and scales of 64 numbers that lie `stride` apart.
  private static func integers(
    _ numbers: [Float], first: Int, stride: Int, count: Int, limit: Float
  ) -> (integers: [Int32], scale: Float) {
    let group = (0..<count).map { numbers[first + $0 * stride] }
    let largest = group.reduce(0) { max($0, abs($1)) }
    guard largest >= 0x1p-100 else { return ([Int32](repeating: 0, count: count), 0) }
    let factor = limit / largest
    // Adding and subtracting 1.5 · 2²³ rounds to an integer, to the nearest.
    return (group.map { Int32(Float(0x1.8p23).addingProduct($0, factor) - 0x1.8p23) }, largest * (1 / limit))
  }

  static func productTwin(_ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int) -> [Float] {
    var product = [Float](repeating: 0, count: rows * columns)
    for start in stride(from: 0, to: inner, by: 64) {
      let count = min(64, inner - start)
      let right = (0..<columns).map {
        integers(b, first: start * columns + $0, stride: columns, count: count, limit: largestRight)
      }
      for row in 0..<rows {
        let left = integers(a, first: row * inner + start, stride: 1, count: count, limit: largestLeft)
        for (column, right) in right.enumerated() {
          let sum = zip(left.integers, right.integers).reduce(Int32(0)) { $0 + $1.0 * $1.1 }
          let scaled = Float(sum) * right.scale
          product[row * columns + column] = product[row * columns + column].addingProduct(scaled, left.scale)
        }
      }
    }
    // As the epilogue adds a bias of 0.
    return product.map { $0 + 0 }
  }
}
