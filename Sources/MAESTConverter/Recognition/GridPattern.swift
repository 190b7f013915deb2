import MAESTWeights

/// The convolution's positions as tokens, with the bias and with the constants added to each position.
struct GridPattern {
  var convolution: ConvolutionPattern
  /// `[embedding]`.
  var bias: WeightExpression
  /// Constants added to the positions, in the order of addition.
  var addends: [Value]
  /// The sum of these constants, `[gridToken, embedding]`; nil if there are none.
  var position: WeightExpression?
}

/// An operation between the grid and the tokens.
private enum GridStep {
  case movement(Value)
  case addend(Value, sum: Value)
}

extension PatternMatcher {
  private static let gridStepLimit = 64

  /// Recognises the grid's tokens `[token, embedding]`; the time index varies fastest.
  func grid(_ value: Value, place: String) throws(ConversionError) -> GridPattern {
    let (source, steps) = gridSteps(value)
    guard steps.count <= Self.gridStepLimit else {
      throw mismatch(
        place, value, expected: "at most \(Self.gridStepLimit) steps from the convolution, not \(steps.count)"
      )
    }
    let convolution = try convolution(source, place: place)
    guard let shape = graph.shape(of: source) else {
      throw mismatch(place, source, expected: "a convolution of known shape")
    }
    let (row, column): (PatchAxis, PatchAxis) = convolution.bandsAreRows ? (.band, .frame) : (.frame, .band)
    var tracker = AxisTracker<PatchAxis>(
      zip([.channel, row, column, .channel], shape).map { (label: $0, size: $1) })
    var bias: WeightExpression?
    var (position, addends): (WeightExpression?, [Value]) = (nil, [])
    for step in steps {
      switch step {
      case .movement(let movement):
        guard track(&tracker, through: movement), let shape = graph.shape(of: movement) else {
          throw mismatch(place, movement, expected: "whole axes of the convolution's grid")
        }
        let order = transposition(node(movement))?.order
        position = position.map { order.map($0.permuted) ?? $0.reshaped(shape) }
      case .addend(let constant, let sum):
        let axes = try axes(of: constant, along: tracker, sum: sum, place: place)
        if bias == nil {
          guard axes == [.channel] else { throw mismatch(place, sum, expected: "a convolution with a bias") }
          bias = .constant(constant, shape: [convolution.embeddingWidth])
        } else {
          let table = try table(constant, axes, sum: sum, place: place)
          position = .sum(position, adding: table)
          addends.append(constant)
        }
      }
    }
    guard let bias else { throw mismatch(place, source, expected: "a convolution with a bias") }
    let expected: [PatchAxis] = [.band, .frame, .channel].filter { axis in
      zip([row, column, .channel], shape.dropFirst()).contains { $0 == axis && $1 != 1 }
    }
    guard tracker.order == expected, tracker.labels.last == [.channel] else {
      throw mismatch(place, value, expected: "tokens in frequency-major order")
    }
    return GridPattern(
      convolution: convolution, bias: bias, addends: addends,
      position: position?.reshaped([convolution.gridCount, convolution.embeddingWidth]))
  }

  /// Returns the operations that lead to `value`, in the order of execution, and the value before them.
  private func gridSteps(_ value: Value) -> (source: Value, steps: [GridStep]) {
    var steps: [GridStep] = []
    var value = graph.source(of: value)
    while !graph.isConstant(value) {
      if isMovement(value) {
        steps.append(.movement(value))
        value = graph.source(of: node(value).inputs[0])
      } else if let inner = unwrappedOnce(value) {
        value = graph.source(of: inner)
      } else if let (variable, constant) = withBias(value) {
        steps.append(.addend(constant, sum: value))
        value = graph.source(of: variable)
      } else {
        break
      }
    }
    return (value, steps.reversed())
  }

  /// Returns the axes along which the constant added in `sum` has more than one element.
  private func axes(
    of constant: Value, along tracker: AxisTracker<PatchAxis>, sum: Value, place: String
  ) throws(ConversionError) -> Set<PatchAxis> {
    guard let shape = graph.shape(of: constant), let result = graph.shape(of: sum),
      result.count == tracker.axes.count, shape.count <= result.count,
      zip(result, tracker.axes).allSatisfy({ $0 == $1.reduce(1) { $0 * $1.size } })
    else { throw mismatch(place, sum, expected: "a constant for the convolution's grid") }
    let axes = zip(shape, tracker.axes.suffix(shape.count)).filter { $0.0 != 1 }.flatMap(\.1)
    return Set(axes.map(\.label))
  }

  /// Returns a position embedding along one axis of the grid or both, expanded to the whole grid as it is in `sum`.
  private func table(
    _ constant: Value, _ axes: Set<PatchAxis>, sum: Value, place: String
  ) throws(ConversionError) -> WeightExpression {
    guard axes.contains(.channel), axes.count > 1, let shape = graph.shape(of: constant),
      let whole = graph.shape(of: sum)
    else { throw mismatch(place, sum, expected: "a position embedding along time or frequency") }
    let table = WeightExpression.constant(constant, shape: shape)
    return shape == whole ? table : .broadcast(table, whole)
  }
}
