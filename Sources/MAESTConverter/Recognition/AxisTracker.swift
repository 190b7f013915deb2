/// Tracks axes through transpositions and reshapes, forwards or backwards.
///
/// Every axis of a tensor is a list of labelled parts, outermost first. Merging axes concatenates their lists; an axis
/// can be split only between parts. Axes of one element have no parts.
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

  /// Moves from the result of a transposition with axis order `order` to its input.
  mutating func undoTranspose(_ order: [Int]) -> Bool {
    guard order.sorted() == Array(axes.indices) else { return false }
    let result = axes
    for (position, axis) in order.enumerated() { axes[axis] = result[position] }
    return true
  }

  /// Regroups the parts for `shape`; returns false if a size does not end between two parts.
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

  /// Moves from a run of `count` indices, starting at `start` of an axis, to the whole axis of `length`: the run
  /// becomes one of several equal parts, which `label` names. Returns false if the parts are not equal.
  mutating func widen(axis: Int, start: Int, count: Int, length: Int, label: (_ index: Int) -> Label) -> Bool
  {
    guard count > 0, length % count == 0, start % count == 0 else { return false }
    if length > count { axes[axis].insert(Part(label: label(start / count), size: length / count), at: 0) }
    return true
  }
}

extension PatternMatcher {
  private static let movements: Set<String> = ["Transpose", "Reshape", "ExpandDims", "Squeeze"]

  /// Returns whether the operation of `value` only moves or reshapes the elements of its first input. A `StridedSlice`
  /// of everything, which may add axes, is such an operation.
  func isMovement(_ value: Value) -> Bool {
    let node = node(value)
    guard !node.inputs.isEmpty, !graph.isConstant(value) else { return false }
    return Self.movements.contains(node.operation)
      || node.operation == "StridedSlice" && wholeInput(value) != nil
  }

  /// Returns the value behind all operations that only move elements or change nothing, and the moving operations in
  /// the order of execution.
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

  /// Moves `tracker` through `movement`; returns false if an axis would be split inside a part.
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
