import MAESTKernels
import MAESTTensor
import Testing

/// Products by one panel, on every instruction set that runs here, bit for bit.
struct PanelProductTests {
  /// No epilogue, and every combination of its steps.
  private static let epilogues: [PanelProduct.Epilogue?] = [nil] + PanelProduct.Epilogue.all

  /// Expects the plain loop's bits for some numbers of rows and columns, with every epilogue, in every place.
  private func expectPlain(_ product: PanelProduct, rowCounts: [Int], columnCounts: [Int]) {
    for epilogue in Self.epilogues {
      let plain = product.plain(epilogue)
      for rows in rowCounts {
        for columns in columnCounts {
          let expected = product.firstColumns(columns, ofRows: rows, plain)
          for place in PanelProduct.Place.allCases {
            let comment: Comment =
              "\(rows) rows, \(product.inner) terms, \(columns) columns, \(epilogue as Any), \(place)"
            guard let found = product.run(rows: rows, columns: columns, epilogue, place) else {
              Issue.record("elements outside were written: \(comment)")
              continue
            }
            #expect(bitDifferences(found, expected) == nil, comment)
          }
        }
      }
    }
  }

  @Test(arguments: instructionSets)
  func everyNumberOfRows(set: InstructionSet) {
    let (tile, width) = (set.kernels.tile_rows, set.kernels.width)
    var samples = Samples(seed: 32)
    let product = PanelProduct(set, rows: 2 * tile + 1, inner: 19, &samples)
    expectPlain(
      product, rowCounts: Array(0...product.rows),
      columnCounts: [1, width - 1, width, width + 1, 2 * width - 1, 2 * width])
  }

  @Test(arguments: instructionSets)
  func everyNumberOfColumns(set: InstructionSet) {
    let tile = set.kernels.tile_rows
    var samples = Samples(seed: 33)
    let product = PanelProduct(set, rows: 3 * tile + 2, inner: 9, &samples)
    expectPlain(
      product, rowCounts: [1, tile, 3 * tile + 2], columnCounts: Array(1...product.panelColumns))
  }

  @Test(arguments: instructionSets, [0, 1, 2, 3, 4, 5, 64, 400, 768, 1685, 3072])
  func sumsOfEveryLength(set: InstructionSet, inner: Int) {
    let (tile, width) = (set.kernels.tile_rows, set.kernels.width)
    var samples = Samples(seed: 34)
    let product = PanelProduct(set, rows: 2 * tile + 1, inner: inner, &samples)
    expectPlain(product, rowCounts: [2 * tile + 1], columnCounts: [width + 1, 2 * width])
  }

  /// Tiny and huge numbers: sums that are not normal, that overflow on the way, and that cancel.
  @Test(arguments: instructionSets, [Float(0x1p-75), 0x1p-60, 0x1p63])
  func sumsAtTheEndsOfTheRange(set: InstructionSet, factor: Float) {
    let tile = set.kernels.tile_rows
    var samples = Samples(seed: 35)
    var product = PanelProduct(set, rows: tile + 1, inner: 11, &samples)
    product.a = product.a.map { $0 * factor }
    product.b = product.b.map { $0 * factor }
    let plain = product.plain(nil)
    for place in PanelProduct.Place.allCases {
      let found = product.run(rows: product.rows, columns: product.panelColumns, nil, place) ?? []
      #expect(sameNumbers(found, plain), "\(place)")
    }
  }

  /// Every element in turn is no number or infinite: it shows where the plain loop shows it, nowhere else.
  @Test(arguments: instructionSets, [Float.nan, .infinity, -.infinity])
  func specialNumbersSpreadAsInThePlainLoop(set: InstructionSet, special: Float) {
    let tile = set.kernels.tile_rows
    var samples = Samples(seed: 36)
    let inner = 3
    let plain = PanelProduct(set, rows: tile + 1, inner: inner, &samples)
    func expectSame(_ product: PanelProduct, _ comment: Comment) {
      for epilogue in [nil, PanelProduct.Epilogue(hasBias: true, hasGELU: true, accumulates: true)] {
        let expected = product.plain(epilogue)
        for columns in [product.panelColumns - 1, product.panelColumns] {
          for place in PanelProduct.Place.allCases {
            let found = product.run(rows: product.rows, columns: columns, epilogue, place) ?? []
            #expect(
              sameNumbers(found, product.firstColumns(columns, ofRows: product.rows, expected)), comment)
          }
        }
      }
    }
    for index in plain.a.indices {
      var product = plain
      product.a[index] = special
      expectSame(product, "a[\(index / inner), \(index % inner)]")
    }
    for index in plain.b.indices {
      var product = plain
      product.b[index] = special
      // An infinity times 0 is no number.
      product.a[0] = 0
      expectSame(product, "b[\(index / plain.panelColumns), \(index % plain.panelColumns)]")
    }
    for index in [0, plain.panelColumns - 2] {
      var product = plain
      product.bias[index] = special
      product.old[index + 1] = special
      expectSame(product, "bias[\(index)], old[\(index + 1)]")
    }
  }

  /// Whether the bits are the same; one not-a-number is as good as another.
  private func sameNumbers(_ found: [Float], _ expected: [Float]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }
}
