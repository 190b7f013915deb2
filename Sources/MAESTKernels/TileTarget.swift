internal import CKernels
package import MAESTTensor

/// Where the results of a product of tiles go.
package enum TileTarget: Sendable {
  /// To a matrix of single precision `[row, column]`, added to what it holds when accumulating.
  case matrix(MutableMatrix, accumulating: Bool)
  /// To units, in the places that an order gives them.
  case units(MutableMatrix, as: TileForm, TileOrder)

  func check(groupCount: Int, panelCount: Int, unitMemory: Int) {
    switch self {
    case .matrix(let matrix, _):
      precondition(
        TileKernels.unitCount(of: matrix.rows) == groupCount
          && TileKernels.unitCount(of: matrix.columns) == panelCount,
        "\(groupCount) groups by \(panelCount) panels into [\(matrix.rows), \(matrix.columns)]")
    case .units(let units, _, let order):
      precondition(
        units.columns == unitMemory
          && order.end(groupCount: groupCount, panelCount: panelCount) <= units.rows,
        "\(groupCount) groups by \(panelCount) panels into \(units.rows) units")
    }
  }

  func withFinish(
    bias: UnsafePointer<Float>?, factor: Float, gelu: Bool,
    _ body: (UnsafePointer<ckernels_tile_finish>) -> Void
  ) {
    var finish = ckernels_tile_finish()
    finish.bias = bias
    finish.factor = factor
    finish.gelu = gelu
    switch self {
    case .matrix(let matrix, let accumulating):
      finish.target = .matrix
      (finish.rows, finish.columns, finish.stride) = (matrix.rows, matrix.columns, matrix.rowStride)
      finish.accumulates = accumulating
      matrix.withUnsafeMutablePointer {
        finish.matrix = $0
        body(&finish)
      }
    case .units(let units, let form, let order):
      finish.target = form.code
      finish.panels = order.panelCount
      (finish.outer_stride, finish.panel_stride) = (order.outerStride, order.panelStride)
      finish.group_stride = order.groupStride
      units.withUnsafeMutablePointer {
        finish.units = UnsafeMutableRawPointer($0)
        body(&finish)
      }
    }
  }
}

/// The places of units: that of a group of rows and a panel of columns is
/// `panel / panelCount * outerStride + panel % panelCount * panelStride + group * groupStride`.
package struct TileOrder: Sendable {
  let panelCount: Int
  let outerStride: Int
  let panelStride: Int
  let groupStride: Int

  /// `[group][panel]`: a left operand of so many panels.
  package static func rows(panelCount: Int) -> TileOrder {
    TileOrder(panelCount: panelCount, outerStride: 0, panelStride: 1, groupStride: panelCount)
  }

  /// `[run][group][panel]`: panels in runs of so many.
  package static func runs(panelCount: Int, groupCount: Int) -> TileOrder {
    TileOrder(
      panelCount: panelCount, outerStride: groupCount * panelCount, panelStride: 1, groupStride: panelCount)
  }

  /// `[run][panel][group]`: the same, panel by panel.
  package static func panelsOfRuns(panelCount: Int, groupCount: Int) -> TileOrder {
    TileOrder(
      panelCount: panelCount, outerStride: groupCount * panelCount, panelStride: groupCount, groupStride: 1)
  }

  /// The units up to the last one that is written.
  func end(groupCount: Int, panelCount total: Int) -> Int {
    guard groupCount > 0, total > 0 else { return 0 }
    let runs = (total - 1) / panelCount
    return runs * outerStride + (min(total, panelCount) - 1) * panelStride + (groupCount - 1) * groupStride
      + 1
  }
}
