internal import Foundation

/// An axis with known ends: maps values to positions along a plot, and selects the ticks that fit.
struct PlotAxis {
  let label: String
  let extent: Extent
  let scale: Axis.Scale
  private let marks: Marks

  private enum Marks {
    case nice(smallestStep: Double)
    case fixed([Axis.Tick])
    /// At 0, 1, 2...
    case names([String])
  }

  /// A tick whose label fits, `offset` points from the axis's start.
  struct PlacedTick {
    let offset: Double
    let label: String
    /// Whether to draw a mark beside the label.
    var isMarked = true
  }

  /// Creates the axis of a grid.
  ///
  /// - Parameters:
  ///   - cellCount: the grid's number of rows or columns.
  ///   - name: name in errors of an axis without a label.
  init(_ axis: Axis, cellCount: Int, name: String) throws(PictureError) {
    let cells = Extent(-0.5, Double(cellCount) - 0.5)
    if case .names(let names) = axis.course, names.count != cellCount {
      throw .wrongNameCount(axis: axis.name(orElse: name), expected: cellCount, found: names.count)
    }
    try self.init(axis, automatic: cells, smallestStep: 1, name: name)
  }

  /// Creates the axis of curves.
  ///
  /// - Parameters:
  ///   - automatic: the range if the axis specifies none.
  init(_ axis: Axis, automatic: Extent, smallestStep: Double = 0, name: String) throws(PictureError) {
    label = TextFitting.line(axis.label)
    scale = axis.scale
    switch axis.course {
    case .automatic: extent = automatic
    case .extent(let given): extent = given
    case .names(let names): extent = Extent(-0.5, Double(names.count) - 0.5)
    }
    let called = axis.name(orElse: name)
    try extent.validate(of: called)
    if scale == .logarithmic, extent.lower <= 0 { throw .notPositive(axis: called, lower: extent.lower) }
    switch (axis.ticks, axis.course) {
    case (.at(let ticks), _):
      for tick in ticks where !tick.position.isFinite {
        throw .invalidTick(axis: called, label: tick.label)
      }
      marks = .fixed(ticks.sorted { $0.position < $1.position })
    case (.automatic, .names(let names)): marks = .names(names)
    case (.automatic, .automatic): marks = .nice(smallestStep: smallestStep)
    case (.automatic, .extent): marks = .nice(smallestStep: 0)
    }
  }

  /// Returns the position of a value: 0 at the lower end, 1 at the upper end, outside this range beyond the ends.
  func position(of value: Double) -> Double {
    switch scale {
    case .linear: (value - extent.lower) / extent.length
    case .logarithmic: (log(value) - log(extent.lower)) / (log(extent.upper) - log(extent.lower))
    }
  }

  /// Returns the ticks that fit along an axis of the given length.
  ///
  /// - Parameters:
  ///   - widest: the maximum width of labels; longer ones are shortened.
  ///   - room: returns the length of a label along the axis, including the gap to the next.
  func placedTicks(length: Double, widest: Double, room: (String) -> Double) -> [PlacedTick] {
    func place(_ ticks: [Axis.Tick]) -> [PlacedTick] {
      ticks.compactMap { tick in
        let position = position(of: tick.position)
        guard position >= -1e-9, position <= 1 + 1e-9 else { return nil }
        let label = TextFitting.shortened(
          TextFitting.line(tick.label), to: widest, size: FigureStyle.tickSize)
        return PlacedTick(offset: position * length, label: label)
      }
    }
    switch marks {
    case .fixed(let ticks): return Self.thinned(place(ticks), room: room)
    case .names(let names):
      let ticks = place(names.enumerated().map { Axis.Tick(Double($0.offset), $0.element) })
      let widestRoom = ticks.map { room($0.label) }.max() ?? 0
      let step = max(1, Int((widestRoom / (length / Double(max(1, names.count)))).rounded(.up)))
      return stride(from: 0, to: ticks.count, by: step).map { ticks[$0] }
    case .nice(let smallestStep):
      let most = min(12, max(2, Int(length / 26)))
      for count in stride(from: most, through: 2, by: -1) {
        let ticks = place(niceTicks(atMost: count, smallestStep: smallestStep))
        if Self.thinned(ticks, room: room).count == ticks.count { return ticks }
      }
      return Self.thinned(place(niceTicks(atMost: 2, smallestStep: smallestStep)), room: room)
    }
  }

  private func niceTicks(atMost count: Int, smallestStep: Double) -> [Axis.Tick] {
    switch scale {
    case .linear: NiceTicks.linear(extent, atMost: count, smallestStep: smallestStep)
    case .logarithmic: NiceTicks.logarithmic(extent, atMost: count)
    }
  }

  /// Removes ticks that would overlap the previously kept tick.
  private static func thinned(_ ticks: [PlacedTick], room: (String) -> Double) -> [PlacedTick] {
    var kept: [PlacedTick] = []
    for tick in ticks {
      if let last = kept.last, tick.offset - last.offset < (room(last.label) + room(tick.label)) / 2 {
        continue
      }
      kept.append(tick)
    }
    return kept
  }
}
