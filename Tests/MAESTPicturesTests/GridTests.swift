import MAESTPictures
import MAESTTensor
import Testing

@Suite struct GridTests {
  private func grid(_ rows: Int, _ columns: Int) throws -> Grid {
    try Grid(rows: rows, columns: columns, values: (0..<rows * columns).map { Float(($0 * 7919) % 101) })
  }

  @Test func whatIsNoGrid() throws {
    #expect(throws: PictureError.emptyGrid(rows: 0, columns: 3)) { try Grid(rows: 0, columns: 3, values: []) }
    #expect(throws: PictureError.emptyGrid(rows: 2, columns: -1)) {
      try Grid(rows: 2, columns: -1, values: [])
    }
    #expect(throws: PictureError.wrongValueCount(rows: 2, columns: 2, found: 3)) {
      try Grid(rows: 2, columns: 2, values: [1, 2, 3])
    }
    #expect(throws: PictureError.wrongValueCount(rows: .max, columns: 2, found: 0)) {
      try Grid(rows: .max, columns: 2, values: [])
    }
    #expect(throws: PictureError.notAMatrix(shape: [2, 1, 2])) {
      try Grid(Tensor(shape: [2, 1, 2], elements: [1, 2, 3, 4]))
    }
    #expect(throws: PictureError.emptyGrid(rows: 0, columns: 4)) {
      try Grid(Tensor(shape: [0, 4], elements: []))
    }
  }

  @Test func tensorsAndTheirTransposition() throws {
    let grid = try Grid(Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6]))
    #expect(grid[1, 0] == 4)
    #expect(grid.transposed.values == [1, 4, 2, 5, 3, 6])
    #expect(grid.transposed.transposed == grid)
  }

  /// The mean of a cell by its definition: each new cell cut into so fine pieces that none crosses an old border.
  private func slowMean(_ grid: Grid, rows: Int, columns: Int, row: Int, column: Int) -> Double {
    var sum = 0.0
    for y in 0..<grid.rows {
      for x in 0..<grid.columns {
        let fineRow = (row * grid.rows + y) / rows
        let fineColumn = (column * grid.columns + x) / columns
        sum += Double(grid[fineRow, fineColumn])
      }
    }
    return sum / Double(grid.rows * grid.columns)
  }

  @Test(arguments: [(1, 1), (3, 7), (5, 2), (9, 13), (10, 4), (20, 30)])
  func cellsAreMeansOfWhatTheyCover(size: (Int, Int)) throws {
    let grid = try grid(10, 13)
    let (rows, columns) = (min(size.0, 10), min(size.1, 13))
    let reduced = grid.reduced(rows: size.0, columns: size.1, scale: Extent(0, 100))
    #expect(reduced.rows == rows && reduced.columns == columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let expected = slowMean(grid, rows: rows, columns: columns, row: row, column: column)
        #expect(abs(Double(reduced[row, column]) - expected) < 1e-4, "cell [\(row), \(column)]")
      }
    }
  }

  @Test func missingValuesCountForNothing() throws {
    let grid = try Grid(rows: 1, columns: 6, values: [1, .nan, 3, 5, .nan, .nan])
    let reduced = grid.reduced(rows: 1, columns: 3, scale: Extent(0, 1))
    #expect(reduced[0, 0] == 1)
    #expect(reduced[0, 1] == 4)
    #expect(reduced[0, 2].isNaN)
  }

  @Test func infinitiesCountAsTheEndsOfTheScale() throws {
    let grid = try Grid(rows: 1, columns: 4, values: [-.infinity, 0, .infinity, 2])
    #expect(grid.reduced(rows: 1, columns: 2, scale: Extent(-10, 4)).values == [-5, 3])
    #expect(grid.extent == Extent(0, 2))
    #expect(try Grid(rows: 1, columns: 1, values: [.nan]).extent == nil)
  }
}
