import MAESTKernels
import Testing

/// Splits of rows into runs.
struct RowBlocksTests {
  /// Expects the runs to follow one another from the first row to the last, none empty, none above the limit,
  /// all but the last of whole steps, and none more than a step longer than another.
  private func expectCover(_ blocks: RowBlocks, rowCount: Int, limit: Int, step: Int = 1) {
    var end = 0
    let longest = blocks.longest
    for index in 0..<blocks.count {
      let run = blocks[index]
      let isLast = index == blocks.count - 1
      guard run.lowerBound == end, !run.isEmpty, run.count <= limit, isLast || run.count % step == 0,
        isLast || run.count + step >= longest
      else {
        Issue.record(
          """
          run \(index) of \(rowCount) rows is \(run), expected \(end)..., at most \(limit) rows in steps of \
          \(step); the longest run is of \(longest)
          """)
        return
      }
      end = run.upperBound
    }
    if end != rowCount || blocks.rowCount != rowCount {
      Issue.record("runs of \(rowCount) rows end at \(end), and are said to be of \(blocks.rowCount)")
    }
    if longest != (0..<blocks.count).map({ blocks[$0].count }).max() ?? 0 {
      Issue.record("the longest run of \(rowCount) rows is said to be of \(longest)")
    }
  }

  /// All small numbers of rows, the real models' numbers of tokens, and those around them.
  private let rowCounts =
    Array(0...620) + [863, 864, 865, 910, 911, 1151, 1152, 1153, 1683, 1684, 1685, 3000]

  /// The fewest runs of whole steps, the last one perhaps of less.
  private func leastCount(rowCount: Int, limit: Int, step: Int) -> Int {
    guard rowCount > limit else { return rowCount == 0 ? 0 : 1 }
    let steps = (rowCount + step - 1) / step
    return (steps + limit / step - 1) / (limit / step)
  }

  @Test(arguments: [1, 2, 7, 72, 192, 3000], [1, 6, 12])
  func runsOfALimitCoverEveryRowOnceAndAreAsFewAsPossible(limit: Int, step: Int) {
    // Steps that do not divide the limit are for single runs.
    for rowCount in rowCounts where limit % step == 0 || rowCount <= limit {
      let blocks = RowBlocks(rowCount: rowCount, atMost: limit, step: step)
      expectCover(blocks, rowCount: rowCount, limit: limit, step: step)
      let least = leastCount(rowCount: rowCount, limit: limit, step: step)
      #expect(blocks.count == least, "\(rowCount) rows")
    }
  }

  @Test(arguments: [2, 3, 8], [1, 6, 12])
  func theNumberOfRunsIsAMultipleWhereThereAreStepsEnough(multiple: Int, step: Int) {
    for rowCount in rowCounts {
      let blocks = RowBlocks(rowCount: rowCount, atMost: 72, step: step, multipleOf: multiple)
      expectCover(blocks, rowCount: rowCount, limit: 72, step: step)
      let steps = (rowCount + step - 1) / step
      #expect(blocks.count % multiple == 0 || blocks.count == steps, "\(rowCount) rows")
      let least = leastCount(rowCount: rowCount, limit: 72, step: step)
      #expect((least..<max(least + multiple, 1)).contains(blocks.count), "\(rowCount) rows")
    }
  }

  @Test(arguments: KernelChoice.products, [1, 2, 3, 8])
  func runsOfDenseLayers(choice: KernelChoice, threadCount: Int) throws {
    let compute = try choice.compute(threadCount: threadCount)
    let step = compute.multiplication.independentRowStep
    for rowCount in rowCounts {
      let blocks = compute.denseBlocks(of: rowCount)
      expectCover(blocks, rowCount: rowCount, limit: step == nil ? 288 : 72, step: step ?? 1)
      if let step {
        let steps = (rowCount + step - 1) / step
        #expect(blocks.count % threadCount == 0 || blocks.count == steps, "\(rowCount) rows")
      } else {
        // The split shows in the results, so it is the same for any number of threads.
        let expected = rowCount == 0 ? 0 : rowCount < 32 ? 1 : 2 * ((rowCount + 575) / 576)
        #expect(blocks.count == expected, "\(rowCount) rows")
      }
    }
  }

  @Test(arguments: KernelChoice.products, [1, 2, 3, 8])
  func runsOfQueries(choice: KernelChoice, threadCount: Int) throws {
    let compute = try choice.compute(threadCount: threadCount)
    let step = compute.multiplication.independentRowStep
    for (attentionCount, queryCount) in [1, 12, 24].flatMap({ count in rowCounts.map { (count, $0) } }) {
      let blocks = compute.queryBlocks(of: queryCount, attentionCount: attentionCount)
      expectCover(
        blocks, rowCount: queryCount, limit: step == nil ? 192 : max(queryCount, 1), step: step ?? 1)
      guard let step else { continue }
      // Every run packs the keys anew: alone one run does, several threads share eight for each of them.
      let steps = (queryCount + step - 1) / step
      let wanted = threadCount == 1 ? 1 : (8 * threadCount + attentionCount - 1) / attentionCount
      #expect(blocks.count == min(steps, wanted), "\(queryCount) queries, \(attentionCount) attentions")
    }
  }
}
