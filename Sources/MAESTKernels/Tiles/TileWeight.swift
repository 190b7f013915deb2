package import MAESTTensor

/// The rows or columns of a weight, in groups of one width that are each padded to whole units.
package struct TileGroups: Sendable, Hashable {
  package let count: Int
  package let width: Int
  /// The rows, and the columns, of a unit.
  let unit: Int

  /// The units of one group.
  package var unitsPerGroup: Int { (width + unit - 1) / unit }

  /// The units of all groups.
  package var unitCount: Int { count * unitsPerGroup }

  /// The rows or columns of a unit.
  func range(ofUnit index: Int) -> Range<Int> {
    let (group, start) = (index / unitsPerGroup, index % unitsPerGroup * unit)
    return group * width + start..<group * width + min(start + unit, width)
  }
}

/// A weight, packed in units as the right operand of products, and its bias.
package struct TileWeight: Sendable {
  /// `[panel * panelStride + step, memory]`.
  let units: Matrix
  private let unit: Int
  let panelCount: Int
  package let stepCount: Int
  let panelStride: Int
  /// `[panel * unit]`; nil: no bias is added.
  let bias: Vector?

  /// The units of a weight.
  package static func unitCount(rows: TileGroups, columns: TileGroups) -> Int {
    rows.unitCount * columns.unitCount
  }

  /// Takes a weight that is already packed.
  ///
  /// - Parameters:
  ///   - units: `[unitCount, memory]`, panel by panel.
  ///   - bias: `[column]`.
  package init(units: Matrix, rows: TileGroups, columns: TileGroups, bias: Vector) {
    precondition(
      units.rows == Self.unitCount(rows: rows, columns: columns)
        && bias.count == columns.count * columns.width,
      "\(units.rows) units for a weight of \(rows.unitCount) by \(columns.unitCount)")
    let padded = (0..<columns.unitCount).flatMap { unit -> [Float] in
      let numbers = bias[columns.range(ofUnit: unit)].elements()
      return numbers + [Float](repeating: 0, count: columns.unit - numbers.count)
    }
    self.init(
      units: units, unit: columns.unit, panelCount: columns.unitCount, stepCount: rows.unitCount,
      panelStride: rows.unitCount, bias: Vector(copying: padded))
  }

  private init(units: Matrix, unit: Int, panelCount: Int, stepCount: Int, panelStride: Int, bias: Vector?) {
    self.units = units
    self.unit = unit
    self.panelCount = panelCount
    self.stepCount = stepCount
    self.panelStride = panelStride
    self.bias = bias
  }

  /// Some of the columns, in whole panels.
  package subscript(panels range: Range<Int>) -> TileWeight {
    let first = range.lowerBound * panelStride
    return TileWeight(
      units: units[rows: first..<first + (range.count - 1) * panelStride + stepCount],
      unit: unit, panelCount: range.count,
      stepCount: stepCount, panelStride: panelStride,
      bias: bias?[range.lowerBound * unit..<range.upperBound * unit])
  }

  /// Some of the rows, in whole units. The part with the first rows has the bias.
  package subscript(steps range: Range<Int>) -> TileWeight {
    let end = (panelCount - 1) * panelStride + range.upperBound
    return TileWeight(
      units: units[rows: range.lowerBound..<end], unit: unit, panelCount: panelCount, stepCount: range.count,
      panelStride: panelStride, bias: range.lowerBound == 0 ? bias : nil)
  }

  func withUnsafePointers(_ body: (UnsafePointer<Float>, UnsafePointer<Float>?) -> Void) {
    units.withUnsafePointer { units in
      guard let bias else { return body(units, nil) }
      bias.withUnsafePointer { body(units, $0) }
    }
  }
}

extension TileKernels {
  /// Packs some panels of a weight.
  ///
  /// matrix: `[row, column]`; units: `[panel count * row units, memory]`.
  package func pack(
    _ matrix: Matrix, rows: TileGroups, columns: TileGroups, panels: Range<Int>, into units: MutableMatrix
  ) {
    precondition(
      matrix.rows == rows.count * rows.width && matrix.columns == columns.count * columns.width
        && units.rows == panels.count * rows.unitCount,
      "[\(matrix.rows), \(matrix.columns)] packed into \(units.rows) units")
    for (index, panel) in panels.enumerated() {
      let columns = columns.range(ofUnit: panel)
      for step in 0..<rows.unitCount {
        let unit = index * rows.unitCount + step
        pack(
          matrix[rows: rows.range(ofUnit: step)][columns: columns], as: .right,
          into: units[rows: unit..<unit + 1])
      }
    }
  }
}
