/// A split of rows into runs of nearly equal length.
package struct RowBlocks: Sendable {
  package let rowCount: Int
  package let count: Int
  private let step: Int

  /// As few runs of at most `limit` rows as possible, their number a multiple of `multiple`, or as many as there are steps.
  ///
  /// - Parameters:
  ///   - step: all runs but the last are of a multiple of so many rows. `limit` is a multiple of it, or no
  ///     less than `rowCount`.
  package init(rowCount: Int, atMost limit: Int, step: Int = 1, multipleOf multiple: Int = 1) {
    self.rowCount = rowCount
    self.step = step
    let steps = (rowCount + step - 1) / step
    // A single run need not be of whole steps.
    let limit = rowCount <= limit ? max(steps, 1) : max(limit / step, 1)
    let least = (steps + limit - 1) / limit
    count = min(steps, (least + multiple - 1) / multiple * multiple)
  }

  /// The longest run.
  package var longest: Int { (0..<count).map { self[$0].count }.max() ?? 0 }

  package subscript(index: Int) -> Range<Int> {
    let steps = (rowCount + step - 1) / step
    // The steps are dealt out as evenly as possible.
    let start = index * steps / count * step
    let end = (index + 1) * steps / count * step
    return start..<min(end, rowCount)
  }
}

extension Compute {
  /// Runs of rows for dense layers.
  ///
  /// Where results do not depend on the split, of at most 72 rows: a run's input and output of 768
  /// columns each then take a quarter of a 2 MB cache, packed weights stream past them, and there are enough runs
  /// to keep all threads busy to the end. Elsewhere the split depends on the number of rows alone, so that a
  /// row always goes through the kernels in the same company, and results are the same for any number of
  /// threads; at most 288 rows, since every run packs the weights anew.
  package func denseBlocks(of rowCount: Int) -> RowBlocks {
    guard let step = multiplication.independentRowStep else {
      return RowBlocks(rowCount: rowCount, atMost: 288, multipleOf: rowCount < 32 ? 1 : 2)
    }
    return RowBlocks(rowCount: rowCount, atMost: 72, step: step, multipleOf: threadCount)
  }

  /// Runs of rows for products of tiles, in each of some patches: of at most 288 rows, with numbers in two parts 160, as
  /// two operands of 768 columns and what they are added to then leave room in a 2 MB cache for the weights that stream
  /// past them. Results do not depend on the split.
  package func tileBlocks(of rowCount: Int, patchCount: Int) -> RowBlocks {
    var (divisor, rest) = (threadCount, patchCount)
    while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
    return RowBlocks(
      rowCount: rowCount, atMost: precision == .high ? 160 : 288, step: TileKernels.unit,
      multipleOf: threadCount / divisor)
  }

  /// Runs of queries for some attentions of one size that are worked through at the same time: the more there
  /// are, the fewer runs each.
  ///
  /// Keys and values are packed anew for every run, so there are only as many as share the work out evenly.
  /// Without packing, by whole products: 192 queries do best at some 1700 keys; fewer leave OpenBLAS to pack the
  /// keys over and over, more leave little to share out and scores that do not fit the cache.
  package func queryBlocks(of queryCount: Int, attentionCount: Int) -> RowBlocks {
    guard let step = multiplication.independentRowStep else {
      return RowBlocks(rowCount: queryCount, atMost: 192)
    }
    let runs = threadCount == 1 ? 1 : (8 * threadCount + attentionCount - 1) / attentionCount
    return RowBlocks(rowCount: queryCount, atMost: max(queryCount, 1), step: step, multipleOf: runs)
  }
}
