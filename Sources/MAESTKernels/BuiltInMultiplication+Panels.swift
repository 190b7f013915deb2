internal import CKernels
import MAESTTensor

extension BuiltInMultiplication {
  /// What to do with the elements of the columns from one on before they are stored; nil: nothing.
  typealias Finish = (_ column: Int) -> ckernels_finish?

  /// c = finish(a · b). a: `[row, inner]`; panels: b's; c: `[row, column]`.
  func multiply(_ a: Matrix, byPanelsOf panels: Panels, into c: MutableMatrix, finish: Finish = { _ in nil })
  {
    panels.memory.withUnsafeMutablePointer { panel in
      forEachPanel(of: c) { column, columns in
        let index = column / panels.width
        let panel = panel + index * panels.memory.rowStride
        let next = index + 1 < panels.memory.rows ? panel + panels.memory.rowStride : nil
        multiply(
          a, by: panel, stride: panels.width, columns, finish(column), next: next, into: c, column)
      }
    }
  }

  /// c = finish(a · b) or finish(a · bᵀ), packing b panel by panel.
  func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, _ shape: ProductShape, into c: MutableMatrix,
    finish: Finish
  ) {
    guard !shape.isEmpty else { return }
    let width = kernels.panel_columns
    let isReadInPlace = !transposingB && shape.rows <= kernels.tile_rows
    withTemporaryPanel(count: max(shape.inner, 1) * width) { panel in
      b.withUnsafePointer { b0 in
        forEachPanel(of: c) { column, columns in
          if isReadInPlace, columns == width {
            return multiply(
              a, by: b0 + column, stride: b.rowStride, columns, finish(column), into: c, column)
          }
          pack(b0, b.rowStride, transposing: transposingB, column, columns, shape.inner, into: panel)
          multiply(a, by: panel, stride: width, columns, finish(column), into: c, column)
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

  /// Some columns of the result, from `column` on.
  private func multiply(
    _ a: Matrix, by panel: UnsafePointer<Float>, stride: Int, _ columns: Int, _ finish: ckernels_finish?,
    next: UnsafePointer<Float>? = nil, into c: MutableMatrix, _ column: Int
  ) {
    a.withUnsafePointer { a0 in
      c.withUnsafeMutablePointer { c0 in
        guard var finish else {
          return kernels.multiply_panel(
            a0, a.rowStride, a.rows, a.columns, panel, stride, columns, nil, next, c0 + column, c.rowStride)
        }
        kernels.multiply_panel(
          a0, a.rowStride, a.rows, a.columns, panel, stride, columns, &finish, next, c0 + column, c.rowStride)
      }
    }
  }

  /// Memory for a panel during a call, on a cache line.
  private func withTemporaryPanel(count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: count * MemoryLayout<Float>.stride, alignment: 64) { bytes in
      guard let base = bytes.baseAddress else { return }
      body(base.bindMemory(to: Float.self, capacity: count))
    }
  }
}
