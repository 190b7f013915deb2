/// A split of rows into runs of nearly equal length.
package struct RowBlocks: Sendable {
  package let rowCount: Int
  package let count: Int
  private let step: Int

  /// Splits into as few runs of at most `limit` rows as possible. The number of runs is a multiple of `multiple`, or the
  /// number of steps if that is less.
  ///
  /// - Parameters:
  ///   - step: the length of every run except the last is a multiple of it. `limit` is a multiple of it too, or at least
  ///     `rowCount`.
  package init(rowCount: Int, atMost limit: Int, step: Int = 1, multipleOf multiple: Int = 1) {
    self.rowCount = rowCount
    self.step = step
    let steps = (rowCount + step - 1) / step
    // A single run need not be a multiple of the step.
    let limit = rowCount <= limit ? max(steps, 1) : max(limit / step, 1)
    let least = (steps + limit - 1) / limit
    count = min(steps, (least + multiple - 1) / multiple * multiple)
  }

  /// The length of the longest run.
  package var longest: Int { (0..<count).map { self[$0].count }.max() ?? 0 }

  package subscript(index: Int) -> Range<Int> {
    let steps = (rowCount + step - 1) / step
    // The steps are distributed as evenly as possible.
    let start = index * steps / count * step
    let end = (index + 1) * steps / count * step
    return start..<min(end, rowCount)
  }
}

extension Compute {
  /// Runs of rows for dense layers.
  ///
  /// If results do not depend on the split, a run has at most 72 rows: its input and output of 768 columns each then
  /// take a quarter of a 2 MB cache, packed weights stream through the rest, and there are enough runs to keep all
  /// threads busy to the end. Otherwise the split depends only on the number of rows, so that results are independent of
  /// the number of threads; a run then has at most 288 rows, since every run packs the weights again.
  package func denseBlocks(of rowCount: Int) -> RowBlocks {
    guard let step = multiplication.independentRowStep else {
      return RowBlocks(rowCount: rowCount, atMost: 288, multipleOf: rowCount < 32 ? 1 : 2)
    }
    return RowBlocks(rowCount: rowCount, atMost: 72, step: step, multipleOf: threadCount)
  }

  /// Runs of rows for tile products, in each of some patches.
  ///
  /// A run has at most 288 rows, or 160 if numbers have two parts: two operands of 768 columns and the sums then leave
  /// room in a 2 MB cache for the weights that stream through it. Results do not depend on the split.
  package func tileBlocks(of rowCount: Int, patchCount: Int) -> RowBlocks {
    var (divisor, rest) = (threadCount, patchCount)
    while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
    return RowBlocks(
      rowCount: rowCount, atMost: precision == .high ? 160 : 288, step: tiles?.unit ?? 1,
      multipleOf: threadCount / divisor)
  }

  /// Runs of queries for `attentionCount` attentions of one size that are computed in parallel: the more attentions,
  /// the fewer runs each.
  ///
  /// Every run packs keys and values again, so there are only as many runs as an even distribution of the work needs.
  /// Backends without packing compute whole products, and 192 queries are fastest with about 1700 keys: with fewer,
  /// OpenBLAS packs the keys too often; with more, there are too few runs and the scores do not fit the cache.
  package func queryBlocks(of queryCount: Int, attentionCount: Int) -> RowBlocks {
    guard let step = multiplication.independentRowStep else {
      return RowBlocks(rowCount: queryCount, atMost: 192)
    }
    let runs = threadCount == 1 ? 1 : (8 * threadCount + attentionCount - 1) / attentionCount
    return RowBlocks(rowCount: queryCount, atMost: max(queryCount, 1), step: step, multipleOf: runs)
  }
}
