import MAESTKernels
import MAESTTensor
import Testing

/// Backends that say so give an element of a product the same bits in any company.
struct IndependenceTests {
  private let rows = 40
  private let inner = 50
  private let columns = 100
  private let a: Matrix
  private let b: Matrix

  init() {
    var samples = Samples(seed: 40)
    a = Matrix(copying: samples.numbers(rows * inner), rows: rows, columns: inner)
    b = Matrix(copying: samples.numbers(inner * columns), rows: inner, columns: columns)
  }

  private func product(_ a: Matrix, _ b: Matrix, _ compute: Compute) -> [Float] {
    let c = MutableMatrix(rows: a.rows, columns: b.columns)
    compute.multiply(a, b, into: c)
    return c.elements()
  }

  private func part(_ elements: [Float], rows: Range<Int>, columns: Range<Int>) -> [Float] {
    Matrix(copying: elements, rows: self.rows, columns: self.columns)[rows: rows][columns: columns].elements()
  }

  @Test func theBuiltInKernelsAreAmongThem() throws {
    let sets = KernelChoice.independent.filter { $0.backend == .builtin }.map(\.instructionSet)
    #expect(sets == instructionSets)
    #expect(KernelChoice.independent.contains { $0.backend == .reference })
  }

  @Test(arguments: KernelChoice.independent)
  func rowsDoNotDependOnTheirCompany(choice: KernelChoice) throws {
    let compute = try choice.compute()
    let whole = product(a, b, compute)
    for count in [1, 2, 3, 5, 6, 7, 11, 12, 13, 25] {
      for first in 0...rows - count {
        let found = product(a[rows: first..<first + count], b, compute)
        #expect(
          bitDifferences(found, part(whole, rows: first..<first + count, columns: 0..<columns)) == nil,
          "rows \(first)..<\(first + count)")
      }
    }
  }

  @Test(arguments: KernelChoice.independent)
  func columnsDoNotDependOnTheirCompany(choice: KernelChoice) throws {
    let compute = try choice.compute()
    let whole = product(a, b, compute)
    for count in [1, 7, 8, 9, 15, 16, 17, 31, 32, 33] {
      for first in 0...columns - count {
        for rows in [0..<2, 0..<rows] {
          let found = product(a[rows: rows], b[columns: first..<first + count], compute)
          #expect(
            bitDifferences(found, part(whole, rows: rows, columns: first..<first + count)) == nil,
            "columns \(first)..<\(first + count), rows \(rows)")
        }
      }
    }
  }

  @Test(arguments: KernelChoice.independent)
  func theOrderInMemoryDoesNotMatter(choice: KernelChoice) throws {
    let compute = try choice.compute()
    let bTransposed = Matrix(
      copying: transposed(b.elements(), rows: inner, columns: columns), rows: columns, columns: inner)
    let weight = compute.packed(Weight(b))
    for rows in [0..<1, 3..<9, 0..<rows] {
      let whole = product(a[rows: rows], b, compute)
      let c = MutableMatrix(rows: rows.count, columns: columns)
      compute.multiplication.multiply(
        a[rows: rows], bTransposed, transposingB: true, into: c, accumulating: false)
      #expect(bitDifferences(c.elements(), whole) == nil, "transposed, rows \(rows)")
      compute.linear(a[rows: rows], weight: weight, bias: nil, into: c)
      #expect(bitDifferences(c.elements(), whole) == nil, "packed, rows \(rows)")
      compute.linear(a[rows: rows], weight: Weight(b), bias: nil, into: c)
      #expect(bitDifferences(c.elements(), whole) == nil, "as it is, rows \(rows)")
      compute.linear(
        stridedView(a[rows: rows].elements(), rows: rows.count, columns: inner).readOnly,
        weight: Weight(stridedView(b.elements(), rows: inner, columns: columns).readOnly), bias: nil, into: c)
      #expect(bitDifferences(c.elements(), whole) == nil, "with gaps, rows \(rows)")
    }
  }

  /// The built-in kernels' bits are those of the plain loop in single precision.
  @Test(arguments: KernelChoice.independent)
  func sumsRunFromTheFirstTermToTheLast(choice: KernelChoice) throws {
    let isFused = choice.backend == .builtin && choice.instructionSet.isFused
    let plain = productInOrder(
      a.elements(), b.elements(), rows: rows, inner: inner, columns: columns, isFused: isFused)
    let compute = try choice.compute()
    #expect(bitDifferences(product(a, b, compute), plain) == nil)
  }
}
