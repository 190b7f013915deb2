internal import CKernels
import MAESTTensor

extension BuiltInMultiplication {
  /// The epilogue of the columns from `column` on; nil: none.
  typealias Epilogue = (_ column: Int) -> ckernels_epilogue?

  /// c = epilogue(a · b). a: `[row, inner]`; panels: b's; c: `[row, column]`.
  func multiply(
    _ a: Matrix, byPanelsOf panels: Panels, into c: MutableMatrix, epilogue: Epilogue = { _ in nil }
  ) {
    panels.memory.withUnsafeMutablePointer { panel in
      forEachPanel(of: c) { column, columns in
        let index = column / panels.width
        let panel = panel + index * panels.memory.rowStride
        let next = index + 1 < panels.memory.rows ? panel + panels.memory.rowStride : nil
        multiply(
          a, by: panel, stride: panels.width, columns, epilogue(column), next: next, into: c, column)
      }
    }
  }

  /// c = epilogue(a · b) or epilogue(a · bᵀ), packing b panel by panel.
  func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, _ shape: ProductShape, into c: MutableMatrix,
    epilogue: Epilogue
  ) {
    guard !shape.isEmpty else { return }
    let width = kernels.panel_columns
    let isReadInPlace = !transposingB && shape.rows <= kernels.tile_rows
    withTemporaryPanel(count: max(shape.inner, 1) * width) { panel in
      b.withUnsafePointer { b0 in
        forEachPanel(of: c) { column, columns in
          if isReadInPlace, columns == width {
            return multiply(
              a, by: b0 + column, stride: b.rowStride, columns, epilogue(column), into: c, column)
          }
          pack(b0, b.rowStride, transposing: transposingB, column, columns, shape.inner, into: panel)
          multiply(a, by: panel, stride: width, columns, epilogue(column), into: c, column)
        }
      }
    }
  }

  /// Packs one panel: some columns of `[inner, column]`, from `column` on, or of the transpose of
  /// `[column, inner]`.
  func pack(
    _ source: UnsafePointer<Float>, _ stride: Int, transposing: Bool, _ column: Int, _ columns: Int,
    _ inner: Int, into panel: UnsafeMutablePointer<Float>
  ) {
    if transposing {
      kernels.pack_panel_transposed(source + column * stride, stride, inner, columns, panel)
    } else {
      kernels.pack_panel(source + column, stride, inner, columns, panel)
    }
  }

  /// Calls a function with the first column of every panel of a result and the number of its columns.
  private func forEachPanel(of c: MutableMatrix, _ body: (_ column: Int, _ columns: Int) -> Void) {
    let width = kernels.panel_columns
    for column in stride(from: 0, to: c.columns, by: width) { body(column, min(width, c.columns - column)) }
  }

  /// Computes some columns of the result, from `column` on.
  private func multiply(
    _ a: Matrix, by panel: UnsafePointer<Float>, stride: Int, _ columns: Int, _ epilogue: ckernels_epilogue?,
    next: UnsafePointer<Float>? = nil, into c: MutableMatrix, _ column: Int
  ) {
    a.withUnsafePointer { a0 in
      c.withUnsafeMutablePointer { c0 in
        guard var epilogue else {
          return kernels.multiply_panel(
            a0, a.rowStride, a.rows, a.columns, panel, stride, columns, nil, next, c0 + column, c.rowStride)
        }
        kernels.multiply_panel(
          a0, a.rowStride, a.rows, a.columns, panel, stride, columns, &epilogue, next, c0 + column,
          c.rowStride)
      }
    }
  }

  /// Allocates a panel for the duration of a call, aligned to a cache line.
  private func withTemporaryPanel(count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: count * MemoryLayout<Float>.stride, alignment: 64) { bytes in
      guard let base = bytes.baseAddress else { return }
      body(base.bindMemory(to: Float.self, capacity: count))
    }
  }
}
