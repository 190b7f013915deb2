/// A split of rows into runs of nearly equal length.
///
/// It depends on the number of rows alone, never on threads or cores: a row always goes through the kernels in the
/// same company, so results are the same to the last bit however many threads there are.
package struct RowBlocks: Sendable {
  package let rowCount: Int
  package let count: Int
  private let length: Int

  /// As few runs of at most `limit` rows as possible.
  package init(rowCount: Int, atMost limit: Int) {
    self.init(rowCount: rowCount, wanted: (rowCount + limit - 1) / limit)
  }

  /// Runs for dense layers: an even number of them, so that two or four cores finish together, of at most 288 rows,
  /// which keeps a run's embeddings and one section of the hidden layer within 2 MB of cache.
  package init(tokensOf rowCount: Int) {
    let pairs = (rowCount + 575) / 576
    self.init(rowCount: rowCount, wanted: rowCount < 32 ? 1 : 2 * pairs)
  }

  private init(rowCount: Int, wanted: Int) {
    self.rowCount = rowCount
    length = max(1, (rowCount + max(wanted, 1) - 1) / max(wanted, 1))
    count = (rowCount + length - 1) / length
  }

  /// The longest run.
  package var longest: Int { min(length, rowCount) }

  package subscript(index: Int) -> Range<Int> {
    let start = index * length
    return start..<min(start + length, rowCount)
  }
}
