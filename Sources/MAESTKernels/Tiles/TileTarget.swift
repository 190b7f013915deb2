internal import CKernels
package import MAESTTensor

/// The destination of a tile product.
package enum TileTarget: Sendable {
  /// A single-precision matrix `[row, column]`; when accumulating, the product is added to it.
  case matrix(MutableMatrix, accumulating: Bool)
  /// Packed units, at the positions that an order gives.
  case units(MutableMatrix, as: TileForm, TileOrder)

  func check(groupCount: Int, panelCount: Int, _ format: TileFormat) {
    switch self {
    case .matrix(let matrix, _):
      precondition(
        format.unitCount(of: matrix.rows) == groupCount
          && format.unitCount(of: matrix.columns) == panelCount,
        "\(groupCount) groups by \(panelCount) panels into [\(matrix.rows), \(matrix.columns)]")
    case .units(let units, _, let order):
      precondition(
        units.columns == format.unitMemory
          && order.end(groupCount: groupCount, panelCount: panelCount) <= units.rows,
        "\(groupCount) groups by \(panelCount) panels into \(units.rows) units")
    }
  }

  func withEpilogue(
    bias: UnsafePointer<Float>?, factor: Float, gelu: Bool,
    _ body: (UnsafePointer<ckernels_tile_epilogue>) -> Void
  ) {
    var epilogue = ckernels_tile_epilogue()
    epilogue.bias = bias
    epilogue.factor = factor
    epilogue.gelu = gelu
    switch self {
    case .matrix(let matrix, let accumulating):
      epilogue.target = .matrix
      (epilogue.rows, epilogue.columns, epilogue.stride) = (matrix.rows, matrix.columns, matrix.rowStride)
      epilogue.accumulates = accumulating
      matrix.withUnsafeMutablePointer {
        epilogue.matrix = $0
        body(&epilogue)
      }
    case .units(let units, let form, let order):
      epilogue.target = form.code
      epilogue.panels = order.panelCount
      (epilogue.outer_stride, epilogue.panel_stride) = (order.outerStride, order.panelStride)
      epilogue.group_stride = order.groupStride
      units.withUnsafeMutablePointer {
        epilogue.units = UnsafeMutableRawPointer($0)
        body(&epilogue)
      }
    }
  }
}

/// The positions of units. The position of a row group and a panel of columns is
/// `panel / panelCount * outerStride + panel % panelCount * panelStride + group * groupStride`.
package struct TileOrder: Sendable {
  let panelCount: Int
  let outerStride: Int
  let panelStride: Int
  let groupStride: Int

  /// `[group][panel]`: a left operand, `panelCount` units wide.
  package static func rows(panelCount: Int) -> TileOrder {
    TileOrder(panelCount: panelCount, outerStride: 0, panelStride: 1, groupStride: panelCount)
  }

  /// `[run][group][panel]`: panels in runs of `panelCount`, such as one run per head.
  package static func runs(panelCount: Int, groupCount: Int) -> TileOrder {
    TileOrder(
      panelCount: panelCount, outerStride: groupCount * panelCount, panelStride: 1, groupStride: panelCount)
  }

  /// `[run][panel][group]`: the same runs, panel by panel.
  package static func panelsOfRuns(panelCount: Int, groupCount: Int) -> TileOrder {
    TileOrder(
      panelCount: panelCount, outerStride: groupCount * panelCount, panelStride: groupCount, groupStride: 1)
  }

  /// The position after the last unit that is written.
  func end(groupCount: Int, panelCount total: Int) -> Int {
    guard groupCount > 0, total > 0 else { return 0 }
    let runs = (total - 1) / panelCount
    return runs * outerStride + (min(total, panelCount) - 1) * panelStride + (groupCount - 1) * groupStride
      + 1
  }
}
