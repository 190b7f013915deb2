/// An axis of an attention's operands, or of the columns of the dense layer that they are made from.
enum HeadAxis: Hashable {
  case head, token, width
  /// One of several equal parts of a fused layer.
  case part(Int)
}

/// Queries, keys or values: the columns of a dense layer, split into heads.
struct HeadOperand {
  /// The dense layer with only this operand's columns, head by head.
  var layer: DensePattern
  /// The parts of the whole layer's columns, outermost first.
  var columns: [AxisTracker<HeadAxis>.Part]
  var headCount: Int
  var headWidth: Int
  /// Factor between the layer and the attention product.
  var factor: Double
}

extension HeadOperand {
  /// The index of this operand among the equal parts of the whole layer's columns, and their number.
  var part: (index: Int, count: Int) {
    columns.reduce((0, 1)) { position, part in
      guard case .part(let index) = part.label else { return position }
      return (position.index * part.size + index, position.count * part.size)
    }
  }
}

extension PatternMatcher {
  /// Returns the axes of an operand or the result of a matrix product; axes before rows and columns are heads. Nil if
  /// there is more than one axis of heads.
  func headTracker(
    _ value: Value, rows: HeadAxis, columns: HeadAxis
  ) -> (tracker: AxisTracker<HeadAxis>, shape: [Int])? {
    guard let shape = graph.shape(of: value), shape.count >= 2,
      shape.dropLast(2).filter({ $0 != 1 }).count <= 1
    else { return nil }
    let labels = shape.dropLast(2).map { _ in HeadAxis.head } + [rows, columns]
    return (AxisTracker(Array(zip(labels, shape)).map { (label: $0, size: $1) }), shape)
  }

  /// Follows an operand of the attention products back through factors, movements and selections to the dense layer;
  /// `what` and `place` are for errors.
  func headOperand(
    _ start: Value, isTransposed: Bool, place: String, of what: String
  ) throws(ConversionError) -> HeadOperand {
    let axes: (HeadAxis, HeadAxis) = isTransposed ? (.width, .token) : (.token, .width)
    guard let (initial, shape) = headTracker(start, rows: axes.0, columns: axes.1) else {
      throw mismatch(place, start, expected: "\(what) with one axis of heads")
    }
    var tracker = initial
    var value = start
    var factor = 1.0
    while true {
      value = unwrap(value)
      guard let current = graph.shape(of: value), tracker.reshape(current) else {
        throw mismatch(place, value, expected: "\(what) split into heads")
      }
      if let layer = dense(value) {
        var operand = HeadOperand(
          layer: layer, columns: [], headCount: shape.dropLast(2).reduce(1, *),
          headWidth: shape[shape.count - (isTransposed ? 2 : 1)], factor: factor)
        guard takeColumns(&operand, tracker) else {
          throw mismatch(
            place, value, expected: "\(what) whose heads lie side by side in a dense layer's outputs")
        }
        return operand
      }
      if let (inner, scale) = scaled(value) {
        factor *= scale
        value = inner
      } else {
        value = try stepBack(value, &tracker, place: place, of: what)
      }
    }
  }

  /// Moves `tracker` from the result of an operation that moves or selects elements to its input.
  private func stepBack(
    _ value: Value, _ tracker: inout AxisTracker<HeadAxis>, place: String, of what: String
  ) throws(ConversionError) -> Value {
    let node = node(value)
    if let (_, order) = transposition(node) {
      guard tracker.undoTranspose(order) else {
        throw mismatch(place, value, expected: "\(what) with whole axes")
      }
      return node.inputs[0]
    }
    if isMovement(value) { return node.inputs[0] }
    guard let part = narrowing(value), let whole = graph.shape(of: part.input) else {
      throw mismatch(place, value, expected: "\(what): a dense layer's outputs, split into heads")
    }
    guard tracker.reshape(part.counts) else {
      throw mismatch(place, value, expected: "\(what) with whole axes")
    }
    for (axis, length) in whole.enumerated()
    where !tracker.widen(
      axis: axis, start: part.starts[axis], count: part.counts[axis], length: length, label: HeadAxis.part)
    {
      throw mismatch(
        place, value,
        expected:
          "\(what) as one of equal parts, not \(part.counts[axis]) of \(length) from \(part.starts[axis])")
    }
    return part.input
  }

  /// Sets the columns of `operand` from `tracker`; returns false if rows and columns are mixed.
  private func takeColumns(_ operand: inout HeadOperand, _ tracker: AxisTracker<HeadAxis>) -> Bool {
    var tracker = tracker
    let width = operand.layer.outputWidth
    guard let count = graph.shape(of: operand.layer.sum)?.reduce(1, *), width > 0,
      tracker.reshape([count / width, width]), tracker.axes[0].map(\.label) == [.token]
    else { return false }
    operand.columns = tracker.axes[1]
    operand.layer.weight = Self.columns(operand.columns, of: operand.layer.weight)
    operand.layer.bias = Self.columns(operand.columns, of: operand.layer.bias)
    return true
  }

  /// Returns the selected columns of those that `parts` describe, head by head.
  private static func columns(
    _ parts: [AxisTracker<HeadAxis>.Part], of matrix: WeightExpression
  ) -> WeightExpression {
    let rows = matrix.shape.dropLast()
    var labels = parts.map(\.label)
    guard labels != [.head, .width] else { return matrix }
    var result = matrix.reshaped(rows + parts.map(\.size))
    for case .part(let index) in labels {
      guard let position = labels.firstIndex(of: .part(index)) else { continue }
      result = .selected(result, axis: rows.count + position, index: index)
      labels.remove(at: position)
    }
    if labels == [.width, .head] {
      result = result.permuted(Array(rows.indices) + [rows.count + 1, rows.count])
    }
    return result.reshaped(rows + [result.shape.dropFirst(rows.count).reduce(1, *)])
  }
}
