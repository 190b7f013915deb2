/// Follows axes through transpositions and reshapes, forwards or backwards.
///
/// Every axis of a tensor is a list of labelled parts, outermost first: merging axes joins their lists, splitting
/// is only possible where parts meet. Axes of one element carry no parts.
struct AxisTracker<Label: Hashable> {
  struct Part: Hashable {
    var label: Label
    var size: Int
  }
  private(set) var axes: [[Part]]

  init(_ labels: [(label: Label, size: Int)]) {
    axes = labels.map { $0.size == 1 ? [] : [Part(label: $0.label, size: $0.size)] }
  }

  /// Labels of each axis that has any.
  var labels: [[Label]] { axes.filter { !$0.isEmpty }.map { $0.map(\.label) } }

  /// All labels, outermost first.
  var order: [Label] { axes.flatMap { $0.map(\.label) } }

  mutating func transpose(_ order: [Int]) -> Bool {
    guard order.count == axes.count, order.allSatisfy(axes.indices.contains) else { return false }
    axes = order.map { axes[$0] }
    return true
  }

  /// Goes from a transposition's result, of axes in `order`, to its input.
  mutating func undoTranspose(_ order: [Int]) -> Bool {
    guard order.sorted() == Array(axes.indices) else { return false }
    let result = axes
    for (position, axis) in order.enumerated() { axes[axis] = result[position] }
    return true
  }

  /// Regroups the parts for `shape`; false where a size does not fall between parts.
  mutating func reshape(_ shape: [Int]) -> Bool {
    var parts = axes.flatMap { $0 }[...]
    var regrouped: [[Part]] = []
    for size in shape {
      var group: [Part] = []
      var product = 1
      while product < size, let part = parts.popFirst() {
        group.append(part)
        product *= part.size
      }
      guard product == size else { return false }
      regrouped.append(group)
    }
    guard parts.isEmpty else { return false }
    axes = regrouped
    return true
  }

  /// Goes from the run of `count` indices that begins at `start` of an axis to the whole axis of `length`: the
  /// run becomes one of equal parts, which `label` names. False where the parts are not equal.
  mutating func widen(axis: Int, start: Int, count: Int, length: Int, label: (_ index: Int) -> Label) -> Bool
  {
    guard count > 0, length % count == 0, start % count == 0 else { return false }
    if length > count { axes[axis].insert(Part(label: label(start / count), size: length / count), at: 0) }
    return true
  }
}

extension PatternMatcher {
  private static let movements: Set<String> = ["Transpose", "Reshape", "ExpandDims", "Squeeze"]

  /// Whether `value` is its first input with its elements moved, or only under another shape. A `StridedSlice` of
  /// everything, which may give new axes, is one.
  func isMovement(_ value: Value) -> Bool {
    let node = node(value)
    guard !node.inputs.isEmpty, !graph.isConstant(value) else { return false }
    return Self.movements.contains(node.operation)
      || node.operation == "StridedSlice" && wholeInput(value) != nil
  }

  /// The value behind all operations that only move elements or change nothing; and the moving ones, first one
  /// first.
  func behindMovements(_ value: Value) -> (source: Value, movements: [Value]) {
    var movements: [Value] = []
    var value = graph.source(of: value)
    while !graph.isConstant(value) {
      if isMovement(value) {
        movements.append(value)
        value = graph.source(of: node(value).inputs[0])
      } else if let inner = unwrappedOnce(value) {
        value = graph.source(of: inner)
      } else {
        break
      }
    }
    return (value, movements.reversed())
  }

  /// Takes `tracker` through `movement`; false where axes are cut in the middle.
  func track<Label>(_ tracker: inout AxisTracker<Label>, through movement: Value) -> Bool {
    let node = node(movement)
    if node.operation == "Transpose" {
      guard node.inputs.count == 2, let order = integers(node.inputs[1]) else { return false }
      return tracker.transpose(order)
    }
    guard let shape = graph.shape(of: movement) else { return false }
    return tracker.reshape(shape)
  }
}
