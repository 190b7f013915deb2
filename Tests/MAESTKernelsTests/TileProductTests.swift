import Dispatch
import MAESTKernels
import MAESTTensor
import Synchronization
import Testing

/// Products of matrices in packed units.
@Suite struct TileProductTests {
  /// Rows, inner size and columns: below, at and above units and tiles of them.
  static let shapes = [
    (1, 1, 1), (2, 3, 5), (16, 32, 16), (17, 33, 15), (31, 31, 31), (32, 32, 32), (33, 65, 34), (64, 96, 64),
    (70, 100, 40), (5, 768, 33),
  ]

  @Test(arguments: bfloat16Kernels, shapes)
  func theInstructionIsThatOfItsDefinition(kernels: TileKernels, shape: (Int, Int, Int)) {
    let (rows, inner, columns) = shape
    var samples = Samples(seed: 1)
    for magnitude: Float in [1, 1e-19, 1e19, 3e-38] {
      let a = samples.numbers(rows * inner).map { $0 * magnitude }
      let b = samples.numbers(inner * columns)
      let found = kernels.product(a, b, shape)
      let twin = tileProductTwin(
        a, b, rows: rows, inner: inner, columns: columns, kernels.precision)
      #expect(bitDifferences(found, twin.map { $0 + 0 }) == nil, "\(shape) times \(magnitude)")
    }
  }

  @Test(arguments: bfloat16Kernels)
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
          kernels.product(a, b, shape, bias: bias),
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
    let plain = kernels.product(a, b, (rows, inner, columns), bias: bias)
    let target = SurroundedMatrix(before, rows: rows, columns: columns)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), rowCount: rows,
      by: kernels.weight(b, rows: inner, columns: columns, bias: bias),
      into: .matrix(target.view, accumulating: true))
    #expect(bitDifferences(target.view.elements(), zip(plain, before).map { $0 + $1 }) == nil)
    #expect(target.isUntouchedAround)
  }

  /// What goes to units is what goes to a matrix, rounded.
  @Test(arguments: tileKernels, TileForm.allCases)
  func resultsAsOperands(kernels: TileKernels, form: TileForm) {
    var samples = Samples(seed: 4)
    let (rows, inner, columns) = (70, 40, 96)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns, in: -2...2))
    let bias = samples.numbers(columns)
    let plain = kernels.product(a, b, (rows, inner, columns), bias: bias)
    let (groups, panels) = (kernels.unitCount(of: rows), kernels.unitCount(of: columns))
    let units = kernels.units(groups * panels)
    let order: TileOrder =
      form == .right
      ? .panelsOfRuns(panelCount: panels, groupCount: groups) : .rows(panelCount: panels)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), rowCount: rows,
      by: kernels.weight(b, rows: inner, columns: columns, bias: bias), factor: 0.25, gelu: form == .left,
      into: .units(units, as: form, order))
    let exact = plain.map { form == .left ? geluTwin($0 * 0.25) : Double($0) * 0.25 }
    let largest = exact.map(abs).max() ?? 0
    #expect(
      differences(kernels.unpacked(units, rows: rows, columns: columns, as: form), exact) {
        kernels.error(of: exact[$0], beside: largest) + 0x1p-22
      } == nil)
  }

  /// Heads of a width that is no multiple of a unit are padded with zeros, in columns and in rows.
  @Test(arguments: tileKernels)
  func headsArePadded(kernels: TileKernels) {
    var samples = Samples(seed: 5)
    let (rows, inner, heads, width) = (33, 40, 3, 10)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * heads * width))
    let bias = samples.numbers(heads * width)
    let groups = kernels.format.groups(count: heads, width: width)
    let units = kernels.units(
      TileWeight.unitCount(rows: kernels.format.groups(width: inner), columns: groups))
    kernels.pack(
      Matrix(copying: b, rows: inner, columns: heads * width), rows: kernels.format.groups(width: inner),
      columns: groups,
      panels: 0..<groups.unitCount, into: units)
    let weight = TileWeight(
      units: units.readOnly, rows: kernels.format.groups(width: inner), columns: groups,
      bias: Vector(copying: bias))
    let padded = MutableMatrix(rows: rows, columns: heads * kernels.unit)
    kernels.multiply(
      kernels.packed(a, rows: rows, columns: inner, as: .left), rowCount: rows, by: weight,
      into: .matrix(padded, accumulating: false))
    let plain = kernels.product(a, b, (rows, inner, heads * width), bias: bias)
    for head in 0..<heads {
      let columns = head * kernels.unit..<(head + 1) * kernels.unit
      let found = padded[columns: columns]
      let expected = (0..<rows).flatMap { (row: Int) -> [Float] in
        let first = (row * heads + head) * width
        return plain[first..<first + width] + [Float](repeating: 0, count: kernels.unit - width)
      }
      #expect(bitDifferences(found.elements(), expected) == nil, "head \(head)")
    }
  }

  /// Sections of a weight's columns and rows give what the whole gives.
  @Test(arguments: tileKernels)
  func sections(kernels: TileKernels) {
    var samples = Samples(seed: 6)
    let unit = kernels.unit
    let (rows, inner, columns) = (40, 4 * unit, 3 * unit)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns))
    let bias = samples.numbers(columns)
    let weight = kernels.weight(b, rows: inner, columns: columns, bias: bias)
    let left = kernels.packed(a, rows: rows, columns: inner, as: .left)
    let whole = kernels.product(a, b, (rows, inner, columns), bias: bias)
    let parts = MutableMatrix(rows: rows, columns: columns)
    kernels.multiply(
      left, rowCount: rows, by: weight[panels: 0..<1],
      into: .matrix(parts[columns: 0..<unit], accumulating: false))
    kernels.multiply(
      left, rowCount: rows, by: weight[panels: 1..<3],
      into: .matrix(parts[columns: unit..<columns], accumulating: false))
    #expect(bitDifferences(parts.elements(), whole) == nil)

    let sum = MutableMatrix(rows: rows, columns: columns)
    for steps in [0..<2, 2..<4] {
      let section = (0..<rows).flatMap { (row: Int) -> ArraySlice<Float> in
        let first = row * inner
        return a[first + steps.lowerBound * unit..<first + steps.upperBound * unit]
      }
      kernels.multiply(
        kernels.packed(section, rows: rows, columns: 2 * unit, as: .left), rowCount: rows,
        by: weight[steps: steps],
        into: .matrix(sum, accumulating: true))
    }
    #expect(differences(sum.elements(), whole.map(Double.init)) { _ in 1e-4 } == nil)
  }

  @Test(arguments: tileKernels)
  func rowsAreIndependent(kernels: TileKernels) {
    var samples = Samples(seed: 7)
    let (rows, inner, columns) = (96, 70, 40)
    let (a, b) = (samples.numbers(rows * inner), samples.numbers(inner * columns))
    let whole = kernels.product(a, b, (rows, inner, columns))
    for row in [0, 15, 16, 40, 95] {
      let alone = kernels.product(Array(a[row * inner..<(row + 1) * inner]), b, (1, inner, columns))
      #expect(bitDifferences(alone, Array(whole[row * columns..<(row + 1) * columns])) == nil, "row \(row)")
    }
  }

  @Test(arguments: bfloat16Kernels, TileForm.allCases)
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

  @Test(arguments: bfloat16Kernels)
  func notANumberStaysOne(kernels: TileKernels) {
    let units = kernels.packed([.nan, 1, -.nan], rows: 1, columns: 3, as: .left)
    let numbers = kernels.unpacked(units, rows: 1, columns: 3, as: .left)
    #expect(numbers[0].isNaN && numbers[1] == 1 && numbers[2].isNaN)
  }

  /// The emulations and the CPU's tiles, where it has them, round alike: products, GELU and norms of nearly constant
  /// rows, where one rounding more shows.
  @Test(arguments: [Precision.high, .bf16, .int16])
  func allInstructionsGiveTheSameBits(precision: Precision) {
    var samples = Samples(seed: 11)
    let (rows, inner, columns) = (75, 140, 100)
    let x = samples.numbers(rows * inner, in: -1...1).map { $0 + 1e6 }
    let b = samples.numbers(inner * columns)
    let (scale, bias) = (samples.numbers(inner), samples.numbers(columns))
    var first: [Float]?
    for kernels in TileKernels.implementations(of: precision) {
      let (groups, panels) = (kernels.unitCount(of: rows), kernels.unitCount(of: columns))
      let normalized = kernels.units(groups * kernels.unitCount(of: inner))
      kernels.layerNorm(
        Matrix(copying: x, rows: rows, columns: inner), scale: Vector(copying: scale),
        bias: Vector(copying: scale),
        epsilon: 1e-6, scratch: MutableMatrix(rows: 1, columns: inner), into: normalized)
      let hidden = kernels.units(groups * panels)
      kernels.multiply(
        normalized, rowCount: rows, by: kernels.weight(b, rows: inner, columns: columns, bias: bias),
        gelu: true,
        into: .units(hidden, as: .left, .rows(panelCount: panels)))
      let found =
        kernels.unpacked(normalized, rows: rows, columns: inner, as: .left)
        + kernels.unpacked(hidden, rows: rows, columns: columns, as: .left)
      if let first { #expect(bitDifferences(found, first) == nil, "\(kernels.instructions)") }
      first = found
    }
  }

  @Test(arguments: tileKernels)
  func normsAreThoseOfSinglePrecision(kernels: TileKernels) {
    var samples = Samples(seed: 9)
    for (rows, columns) in [(1, 1), (33, 70), (64, 768)] {
      let x = samples.numbers(rows * columns, in: -3...5)
      let (scale, bias) = (samples.numbers(columns), samples.numbers(columns))
      let (groups, panels) = (kernels.unitCount(of: rows), kernels.unitCount(of: columns))
      let units = kernels.units(groups * panels)
      kernels.layerNorm(
        stridedView(x, rows: rows, columns: columns).readOnly, scale: Vector(copying: scale),
        bias: Vector(copying: bias), epsilon: 1e-6, scratch: MutableMatrix(rows: 1, columns: columns),
        into: units)
      let exact = (0..<rows).flatMap {
        layerNormTwin(Array(x[$0 * columns..<($0 + 1) * columns]), scale: scale, bias: bias, epsilon: 1e-6)
      }
      let largest = exact.map(abs).max() ?? 0
      #expect(
        differences(kernels.unpacked(units, rows: rows, columns: columns, as: .left), exact) {
          kernels.error(of: exact[$0], beside: largest) + 1e-6
        } == nil, "[\(rows), \(columns)]")
      let padding = kernels.unpacked(
        units, rows: groups * kernels.unit, columns: panels * kernels.unit, as: .left)
      let isZero = padding.indices.allSatisfy {
        let (row, column) = ($0 / (panels * kernels.unit), $0 % (panels * kernels.unit))
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
      precision: kernels.precision == .high ? .int16 : .high, instructionSet: .baseline)
    let alone = [kernels, other].map { $0.product(a, b, shape) }
    let wrongCount = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<125 {
        let found = (thread % 2 == 0 ? kernels : other).product(a, b, shape)
        if bitDifferences(found, alone[thread % 2]) != nil { wrongCount.withLock { $0 += 1 } }
      }
    }
    #expect(wrongCount.withLock { $0 } == 0)
  }
}
