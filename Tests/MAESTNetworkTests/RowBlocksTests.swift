import MAESTNetwork
import Testing

/// Splits of rows into runs.
@Suite struct RowBlocksTests {
  /// Expects the runs to follow one another from the first row to the last, none empty, none above the limit.
  private func expectCover(_ blocks: RowBlocks, rowCount: Int, limit: Int) {
    var end = 0
    for index in 0..<blocks.count {
      let run = blocks[index]
      guard run.lowerBound == end, !run.isEmpty, run.count <= limit else {
        Issue.record("run \(index) of \(rowCount) rows is \(run), expected \(end)..., at most \(limit) rows")
        return
      }
      end = run.upperBound
    }
    #expect(end == rowCount)
    #expect(blocks.rowCount == rowCount)
  }

  @Test func runsOfTokensCoverEveryRowOnce() {
    for rowCount in 0...3000 {
      let blocks = RowBlocks(tokensOf: rowCount)
      expectCover(blocks, rowCount: rowCount, limit: 288)
      #expect(blocks.longest == (0..<blocks.count).map { blocks[$0].count }.max() ?? 0, "\(rowCount) rows")
    }
  }

  @Test func runsOfTokensAreEvenInNumber() {
    for rowCount in 0...3000 {
      let count = RowBlocks(tokensOf: rowCount).count
      #expect(
        count == (rowCount == 0 ? 0 : rowCount < 32 ? 1 : 2 * ((rowCount + 575) / 576)), "\(rowCount) rows")
    }
  }

  @Test(arguments: [1, 2, 7, 192, 3000])
  func runsOfALimitCoverEveryRowOnceAndAreAsFewAsPossible(limit: Int) {
    for rowCount in 0...3000 {
      let blocks = RowBlocks(rowCount: rowCount, atMost: limit)
      expectCover(blocks, rowCount: rowCount, limit: limit)
      #expect(blocks.count == (rowCount + limit - 1) / limit, "\(rowCount) rows")
      #expect(blocks.longest == (0..<blocks.count).map { blocks[$0].count }.max() ?? 0, "\(rowCount) rows")
    }
  }

  @Test func runsAreOfNearlyTheSameLength() {
    for rowCount in 32...3000 {
      let blocks = RowBlocks(tokensOf: rowCount)
      let last = blocks[blocks.count - 1].count
      // All runs but the last are of one length; the last lacks less than one row for each of the others.
      #expect((0..<blocks.count - 1).allSatisfy { blocks[$0].count == blocks.longest })
      #expect(blocks.longest - last < blocks.count, "\(rowCount) rows")
    }
  }
}
