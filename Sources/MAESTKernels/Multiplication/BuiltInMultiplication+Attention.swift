internal import CKernels
package import MAESTTensor

// Attention: keys and values are packed once per call. Then both products are computed for a few queries at a time, so
// that their scores stay in the L2 cache.
extension BuiltInMultiplication {
  /// The number of queries whose scores are in memory at a time: a multiple of the tile rows of every instruction set.
  package static let queryCount = 48

  package func attentionScratchCount(_ shape: AttentionShape) -> Int {
    AttentionMemory(shape, queryCount: Self.queryCount, panelColumns: kernels.panel_columns).count
  }

  package func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scratch: MutableMatrix,
    into output: MutableMatrix, _ elementwise: ElementwiseKernels
  ) {
    let shape = AttentionShape(query: query, key: key, value: value, into: output)
    guard shape.queries > 0, shape.valueWidth > 0 else { return }
    let memory = AttentionMemory(
      shape, queryCount: Self.queryCount, panelColumns: kernels.panel_columns)
    let (keys, values) = (memory.keys(in: scratch), memory.values(in: scratch))
    let scores = memory.scores(in: scratch)
    packKeysAndValues(key, value, into: scratch)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.queryCount) { sums in
      for first in stride(from: 0, to: shape.queries, by: Self.queryCount) {
        let rows = first..<min(first + Self.queryCount, shape.queries)
        let scores = scores[rows: 0..<rows.count][columns: 0..<shape.keys]
        let sums = UnsafeMutableBufferPointer(rebasing: sums[..<rows.count])
        multiply(query[rows: rows], byPanelsOf: keys, into: scores)
        elementwise.softmaxNumerators(scores, scale: scale, sums: sums)
        multiply(scores.readOnly, byPanelsOf: values, into: output[rows: rows])
        if shape.keys > 0 { elementwise.divideRows(output[rows: rows], by: sums) }
      }
    }
  }

  /// The first step of an attention: copies keys and values into panels in its scratch memory.
  ///
  /// key: `[key, width]`; value: `[key, valueWidth]`; scratch: as for the attention, of any number of queries.
  package func packKeysAndValues(_ key: Matrix, _ value: Matrix, into scratch: MutableMatrix) {
    let shape = AttentionShape(queries: 0, keys: key.rows, width: key.columns, valueWidth: value.columns)
    let memory = AttentionMemory(shape, queryCount: 0, panelColumns: kernels.panel_columns)
    pack(key, transposing: true, count: shape.keys, inner: shape.width, into: memory.keys(in: scratch))
    pack(
      value, transposing: false, count: shape.valueWidth, inner: shape.keys, into: memory.values(in: scratch))
  }

  /// Packs all columns of `[inner, count]`, or of the transpose of `[count, inner]`.
  private func pack(_ matrix: Matrix, transposing: Bool, count: Int, inner: Int, into panels: Panels) {
    matrix.withUnsafePointer { source in
      panels.memory.withUnsafeMutablePointer { target in
        for panel in 0..<panels.memory.rows {
          let column = panel * panels.width
          pack(
            source, matrix.rowStride, transposing: transposing, column, min(panels.width, count - column),
            inner, into: target + panel * panels.memory.rowStride)
        }
      }
    }
  }
}

/// The layout of packed keys, packed values and scores in an attention's scratch memory.
private struct AttentionMemory {
  private let panelColumns: Int
  private let shape: AttentionShape
  private let queryCount: Int

  init(_ shape: AttentionShape, queryCount: Int, panelColumns: Int) {
    self.shape = shape
    self.queryCount = queryCount
    self.panelColumns = panelColumns
  }

  private var keyPanels: Int { (shape.keys + panelColumns - 1) / panelColumns }
  private var valuePanels: Int { (shape.valueWidth + panelColumns - 1) / panelColumns }
  private var keyNumbers: Int { keyPanels * shape.width * panelColumns }
  private var valueNumbers: Int { valuePanels * shape.keys * panelColumns }
  /// The row stride of the scores: whole panels.
  private var scoreStride: Int { keyPanels * panelColumns }

  var count: Int { keyNumbers + valueNumbers + min(queryCount, shape.queries) * scoreStride }

  /// The transposed keys `[width, key]`.
  func keys(in scratch: MutableMatrix) -> Panels {
    Panels(
      memory: scratch[columns: 0..<keyNumbers]
        .reshaped(rows: keyPanels, columns: shape.width * panelColumns), width: panelColumns)
  }

  /// `[key, valueWidth]`.
  func values(in scratch: MutableMatrix) -> Panels {
    Panels(
      memory: scratch[columns: keyNumbers..<keyNumbers + valueNumbers]
        .reshaped(rows: valuePanels, columns: shape.keys * panelColumns), width: panelColumns)
  }

  /// `[query, keys in whole panels]`.
  func scores(in scratch: MutableMatrix) -> MutableMatrix {
    scratch[columns: keyNumbers + valueNumbers..<count]
      .reshaped(rows: min(queryCount, shape.queries), columns: scoreStride)
  }
}
