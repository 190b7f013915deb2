import Dispatch
import MAESTKernels
import MAESTTensor
import Synchronization
import Testing

/// Products of matrices in bfloat16 tiles.
@Suite struct TileProductTests {
  /// Rows, inner size and columns: below, at and above units and tiles of them.
  static let shapes = [
    (1, 1, 1), (2, 3, 5), (16, 32, 16), (17, 33, 15), (31, 31, 31), (32, 32, 32), (33, 65, 34), (64, 96, 64),
    (70, 100, 40), (5, 768, 33),
  ]

  @Test(arguments: tileKernels, shapes)
  func theInstructionIsThatOfItsDefinition(kernels: TileKernels, shape: (Int, Int, Int)) {
    let (rows, inner, columns) = shape
    var samples = Samples(seed: 1)
    for magnitude: Float in [1, 1e-19, 1e19, 3e-38] {
      let a = samples.numbers(rows * inner).map { $0 * magnitude }
      let b = samples.numbers(inner * columns)
      let found = product(a, b, shape, kernels)
      let twin = tileProductTwin(
        a, b, rows: rows, inner: inner, columns: columns, kernels.precision)
      #expect(bitDifferences(found, twin.map { $0 + 0 }) == nil, "\(shape) times \(magnitude)")
    }
  }

  @Test(arguments: tileKernels)
  func productsOfAnyShapeAreNearTheExactOnes(kernels: TileKernels) {
    var samples = Samples(seed: 2)
    for _ in 0..<60 {
      let shape = (
        Int.random(in: 1...100, using: &samples), Int.random(in: 1...300, using: &samples),
        Int.random(in: 1...100, using: &samples)
      )
      let (rows, inner, columns) = shape
      let a = samples.numbers(rows * inner, in: -2...2)
      let b = samples.numbers(inner * columns)
      let bias = samples.numbers(columns)
      let (exact, magnitude) = productTwin(a, b, rows: rows, inner: inner, columns: columns)
      let error = kernels.productError + Double(inner) * rounding
      #expect(
        differences(
          product(a, b, shape, kernels, bias: bias),
          exact.indices.map { exact[$0] + Double(bias[$0 % columns]) }
        ) { magnitude[$0] * error + 4 * rounding } == nil, "\(shape)")
    }
  }

  @Test(arguments: tileKernels)
  func whatIsThereIsAddedTo(kernels: TileKernels) {
    var samples = Samples(seed: 3)
    let (rows, inner, columns) = (40, 50, 45)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns))
    let (bias, before) = (samples.numbers(columns), samples.numbers(rows * columns))
    let plain = product(a, b, (rows, inner, columns), kernels, bias: bias)
    let target = SurroundedMatrix(before, rows: rows, columns: columns)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), groupCount: 2,
      by: kernels.weight(b, rows: inner, columns: columns, bias: bias),
      into: .matrix(target.view, accumulating: true))
    #expect(bitDifferences(target.view.elements(), zip(plain, before).map { $0 + $1 }) == nil)
    #expect(target.isUntouchedAround)
  }

  /// What goes to units is what goes to a matrix, rounded to the parts.
  @Test(arguments: tileKernels, TileForm.allCases)
  func resultsAsOperands(kernels: TileKernels, form: TileForm) {
    var samples = Samples(seed: 4)
    let (rows, inner, columns) = (70, 40, 96)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns, in: -2...2))
    let bias = samples.numbers(columns)
    let plain = product(a, b, (rows, inner, columns), kernels, bias: bias)
    let units = kernels.units(3 * 3)
    let order: TileOrder =
      form == .right ? .panelsOfRuns(panelCount: 3, groupCount: 3) : .rows(panelCount: 3)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), groupCount: 3,
      by: kernels.weight(b, rows: inner, columns: columns, bias: bias), factor: 0.25, gelu: form == .left,
      into: .units(units, as: form, order))
    let exact = plain.map { form == .left ? geluTwin($0 * 0.25) : Double($0) * 0.25 }
    #expect(
      differences(kernels.unpacked(units, rows: rows, columns: columns, as: form), exact) {
        abs(exact[$0]) * kernels.numberError + 0x1p-22
      } == nil)
  }

  /// Heads of a width that is no multiple of a unit are padded with zeros, in columns and in rows.
  @Test(arguments: tileKernels)
  func headsArePadded(kernels: TileKernels) {
    var samples = Samples(seed: 5)
    let (rows, inner, heads, width) = (33, 40, 3, 10)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * heads * width))
    let bias = samples.numbers(heads * width)
    let groups = TileGroups(count: heads, width: width)
    let units = kernels.units(TileWeight.unitCount(rows: TileGroups(width: inner), columns: groups))
    kernels.pack(
      Matrix(copying: b, rows: inner, columns: heads * width), rows: TileGroups(width: inner),
      columns: groups,
      panels: 0..<groups.unitCount, into: units)
    let weight = TileWeight(
      units: units.readOnly, rows: TileGroups(width: inner), columns: groups, bias: Vector(copying: bias))
    let padded = MutableMatrix(rows: rows, columns: heads * TileKernels.unit)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), groupCount: 2, by: weight,
      into: .matrix(padded, accumulating: false))
    let plain = product(a, b, (rows, inner, heads * width), kernels, bias: bias)
    for head in 0..<heads {
      let columns = head * TileKernels.unit..<(head + 1) * TileKernels.unit
      let found = padded[columns: columns]
      let expected = (0..<rows).flatMap { (row: Int) -> [Float] in
        let first = (row * heads + head) * width
        return plain[first..<first + width] + [Float](repeating: 0, count: TileKernels.unit - width)
      }
      #expect(bitDifferences(found.elements(), expected) == nil, "head \(head)")
    }
  }

  /// Sections of a weight's columns and rows give what the whole gives.
  @Test(arguments: tileKernels)
  func sections(kernels: TileKernels) {
    var samples = Samples(seed: 6)
    let (rows, inner, columns) = (40, 128, 96)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns))
    let bias = samples.numbers(columns)
    let weight = kernels.weight(b, rows: inner, columns: columns, bias: bias)
    let left = kernels.packed(a, rows: rows, columns: inner, as: .left)
    let whole = product(a, b, (rows, inner, columns), kernels, bias: bias)
    let parts = MutableMatrix(rows: rows, columns: columns)
    kernels.multiply(
      left, groupCount: 2, by: weight[panels: 0..<1],
      into: .matrix(parts[columns: 0..<32], accumulating: false))
    kernels.multiply(
      left, groupCount: 2, by: weight[panels: 1..<3],
      into: .matrix(parts[columns: 32..<96], accumulating: false))
    #expect(bitDifferences(parts.elements(), whole) == nil)

    let sum = MutableMatrix(rows: rows, columns: columns)
    for steps in [0..<2, 2..<4] {
      let section = (0..<rows).flatMap { (row: Int) -> ArraySlice<Float> in
        let first = row * inner
        return a[first + steps.lowerBound * 32..<first + steps.upperBound * 32]
      }
      kernels.multiply(
        kernels.packed(section, rows: rows, columns: 64, as: .left), groupCount: 2, by: weight[steps: steps],
        into: .matrix(sum, accumulating: true))
    }
    #expect(differences(sum.elements(), whole.map(Double.init)) { _ in 1e-4 } == nil)
  }

  @Test(arguments: tileKernels)
  func rowsAreIndependent(kernels: TileKernels) {
    var samples = Samples(seed: 7)
    let (rows, inner, columns) = (96, 70, 40)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns))
    let whole = product(a, b, (rows, inner, columns), kernels)
    for row in [0, 15, 16, 40, 95] {
      let alone = product(Array(a[row * inner..<(row + 1) * inner]), b, (1, inner, columns), kernels)
      #expect(bitDifferences(alone, Array(whole[row * columns..<(row + 1) * columns])) == nil, "row \(row)")
    }
  }

  @Test(arguments: tileKernels, TileForm.allCases)
  func numbersComeBack(kernels: TileKernels, form: TileForm) {
    var samples = Samples(seed: 8)
    let special: [Float] = [
      0, -0, 1, -1, 0x1p-126, -0x1p-100, 0x1p-130, 3e38, 3.3961e38, 3.3962e38, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, .infinity, -.infinity, 1 + 0x1p-8, 1 + 0x1p-9, 0.1,
    ]
    let numbers = special + samples.numbers(45 * 33 - special.count, in: -100...100)
    let units = kernels.packed(numbers, rows: 45, columns: 33, as: form)
    let expected = numbers.map { partsTwin($0, kernels.precision).reduce(0, +) }
    #expect(kernels.unpacked(units, rows: 45, columns: 33, as: form) == expected)
  }

  @Test(arguments: tileKernels)
  func notANumberStaysOne(kernels: TileKernels) {
    let units = kernels.packed([.nan, 1, -.nan], rows: 1, columns: 3, as: .left)
    let numbers = kernels.unpacked(units, rows: 1, columns: 3, as: .left)
    #expect(numbers[0].isNaN && numbers[1] == 1 && numbers[2].isNaN)
  }

  /// The emulations and the CPU's tiles, where it has them, round alike: products, GELU and norms of nearly constant
  /// rows, where one rounding more shows.
  @Test(arguments: [Precision.high, .fast])
  func allInstructionSetsGiveTheSameBits(precision: Precision) {
    var samples = Samples(seed: 11)
    let (rows, inner, columns) = (40, 70, 50)
    let x = samples.numbers(rows * inner, in: -1...1).map { $0 + 1e6 }
    let b = samples.numbers(inner * columns)
    let (scale, bias) = (samples.numbers(inner), samples.numbers(columns))
    var first: [Float]?
    for set in InstructionSet.supported where set != .amx || TileKernels.request() {
      let kernels = TileKernels(precision: precision, instructionSet: set)
      let normalized = kernels.units(2 * 3)
      kernels.layerNorm(
        Matrix(copying: x, rows: rows, columns: inner), scale: Vector(copying: scale),
        bias: Vector(copying: scale),
        epsilon: 1e-6, scratch: MutableMatrix(rows: 1, columns: inner), into: normalized)
      let hidden = kernels.units(2 * 2)
      kernels.multiply(
        normalized, groupCount: 2, by: kernels.weight(b, rows: inner, columns: columns, bias: bias),
        gelu: true,
        into: .units(hidden, as: .left, .rows(panelCount: 2)))
      let found =
        kernels.unpacked(normalized, rows: rows, columns: inner, as: .left)
        + kernels.unpacked(hidden, rows: rows, columns: columns, as: .left)
      if let first { #expect(bitDifferences(found, first) == nil, "\(set.rawValue)") }
      first = found
    }
  }

  @Test(arguments: tileKernels)
  func normsAreThoseOfSinglePrecision(kernels: TileKernels) {
    var samples = Samples(seed: 9)
    for (rows, columns) in [(1, 1), (33, 70), (64, 768)] {
      let x = samples.numbers(rows * columns, in: -3...5)
      let (scale, bias) = (samples.numbers(columns), samples.numbers(columns))
      let units = kernels.units(TileKernels.unitCount(of: rows) * TileKernels.unitCount(of: columns))
      kernels.layerNorm(
        stridedView(x, rows: rows, columns: columns).readOnly, scale: Vector(copying: scale),
        bias: Vector(copying: bias), epsilon: 1e-6, scratch: MutableMatrix(rows: 1, columns: columns),
        into: units)
      let exact = (0..<rows).flatMap {
        layerNormTwin(Array(x[$0 * columns..<($0 + 1) * columns]), scale: scale, bias: bias, epsilon: 1e-6)
      }
      #expect(
        differences(kernels.unpacked(units, rows: rows, columns: columns, as: .left), exact) {
          abs(exact[$0]) * kernels.numberError + 1e-6
        } == nil, "[\(rows), \(columns)]")
      let padding = kernels.unpacked(
        units, rows: TileKernels.unitCount(of: rows) * 32, columns: TileKernels.unitCount(of: columns) * 32,
        as: .left)
      let isZero = padding.indices.allSatisfy {
        let (row, column) = (
          $0 / (TileKernels.unitCount(of: columns) * 32), $0 % (TileKernels.unitCount(of: columns) * 32)
        )
        return row < rows && column < columns || padding[$0] == 0
      }
      #expect(isZero, "padding of [\(rows), \(columns)]")
    }
  }

  /// A thousand products in eight threads at once, beside others of another precision.
  @Test(arguments: tileKernels)
  func simultaneousProducts(kernels: TileKernels) {
    var samples = Samples(seed: 10)
    let shape = (48, 64, 40)
    let a = samples.numbers(shape.0 * shape.1)
    let b = samples.numbers(shape.1 * shape.2)
    let other = TileKernels(
      precision: kernels.precision == .high ? .fast : .high, instructionSet: kernels.instructionSet)
    let alone = [kernels, other].map { product(a, b, shape, $0) }
    let wrongCount = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<125 {
        let found = product(a, b, shape, thread % 2 == 0 ? kernels : other)
        if bitDifferences(found, alone[thread % 2]) != nil { wrongCount.withLock { $0 += 1 } }
      }
    }
    #expect(wrongCount.withLock { $0 } == 0)
  }

  /// a · b + bias in single precision.
  private func product(
    _ a: [Float], _ b: [Float], _ shape: (Int, Int, Int), _ kernels: TileKernels, bias: [Float]? = nil
  ) -> [Float] {
    let (rows, inner, columns) = shape
    let target = MutableMatrix(rows: rows, columns: columns)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), groupCount: TileKernels.unitCount(of: rows),
      by: kernels.weight(
        b, rows: inner, columns: columns, bias: bias ?? [Float](repeating: 0, count: columns)),
      into: .matrix(target, accumulating: false))
    return target.elements()
  }
}
