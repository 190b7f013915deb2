/// A LayerNorm: `(input - mean) / sqrt(variance + epsilon) * scale + bias`.
struct NormPattern {
  var input: Value
  var output: Value
  /// `[embedding]`.
  var scale: WeightExpression
  /// `[embedding]`.
  var bias: WeightExpression
  var epsilon: Float
  /// Whether it is written with a factor and an offset per element: `input * f + (bias - mean * f)`.
  var isFolded: Bool
}

extension PatternMatcher {
  /// Recognises a LayerNorm over the last axis; nil for anything else.
  func norm(_ value: Value) -> NormPattern? {
    guard let parts = plainNorm(value) ?? foldedNorm(value), let width = vectorLength(parts.bias),
      vectorLength(parts.scale) == width, sameShape(value, parts.input)
    else { return nil }
    return NormPattern(
      input: parts.input, output: unwrap(value), scale: .constant(parts.scale, shape: [width]),
      bias: .constant(parts.bias, shape: [width]), epsilon: parts.epsilon, isFolded: parts.isFolded)
  }

  private typealias NormParts = (input: Value, scale: Value, bias: Value, epsilon: Float, isFolded: Bool)

  /// Matches `centered / sqrt(variance + epsilon) * scale + bias`, with the first three factors in any order.
  private func plainNorm(_ value: Value) -> NormParts? {
    guard let (scaled, bias) = withConstant(value, Self.additions) else { return nil }
    if let (quotient, scale) = withConstant(scaled, ["Mul"]), let (input, epsilon) = normalized(quotient) {
      return (input, scale, bias, epsilon, false)
    }
    for (centered, factor) in variablePairs(scaled, ["Mul"]) {
      if let (shifted, scale) = scaledDeviation(factor),
        let (input, epsilon) = normalized(centered: centered, shiftedVariance: shifted)
      {
        return (input, scale, bias, epsilon, false)
      }
    }
    return nil
  }

  /// Matches `input * factor + (bias - mean * factor)` with `factor = scale / sqrt(variance + epsilon)`, as written by
  /// `tf.nn.batch_normalization`.
  private func foldedNorm(_ value: Value) -> NormParts? {
    for (product, rest) in variablePairs(value, Self.additions) {
      guard let operands = inputs(of: rest, "Sub"), operands.count == 2, graph.isConstant(operands[0]) else {
        continue
      }
      for (input, factor) in variablePairs(product, ["Mul"]) {
        for (mean, other) in variablePairs(operands[1], ["Mul"]) where same(factor, other) {
          guard let averaged = meanOverLastAxis(mean), same(averaged, input),
            let (shifted, scale) = scaledDeviation(factor),
            let (deviating, epsilon) = variance(shifted), same(deviating, input)
          else { continue }
          return (input, scale, operands[0], epsilon, true)
        }
      }
    }
    return nil
  }

  /// Returns the operands of a sum or product of two variables, in both orders; empty for anything else.
  private func variablePairs(_ value: Value, _ operations: Set<String>) -> [(Value, Value)] {
    guard let operands = inputs(of: value, operations), operands.count == 2,
      !operands.contains(where: graph.isConstant)
    else { return [] }
    return [(operands[0], operands[1]), (operands[1], operands[0])]
  }

  /// Returns the variance plus epsilon, and the scale, in `scale / sqrt(variance + epsilon)`.
  private func scaledDeviation(_ value: Value) -> (shiftedVariance: Value, scale: Value)? {
    if let (root, scale) = withConstant(value, ["Mul"]), let shifted = inputs(of: root, "Rsqrt")?.first {
      return (shifted, scale)
    }
    guard let operands = inputs(of: value, "RealDiv"), operands.count == 2, graph.isConstant(operands[0]),
      let shifted = squareRoot(operands[1])
    else { return nil }
    return (shifted, operands[0])
  }

  /// Matches `centered / sqrt(variance + epsilon)`, or a product with the reciprocal root.
  private func normalized(_ value: Value) -> (input: Value, epsilon: Float)? {
    if let operands = inputs(of: value, "RealDiv"), operands.count == 2,
      let variance = squareRoot(operands[1])
    {
      return normalized(centered: operands[0], shiftedVariance: variance)
    }
    for (left, right) in variablePairs(value, ["Mul"]) {
      if let variance = inputs(of: right, "Rsqrt")?.first {
        return normalized(centered: left, shiftedVariance: variance)
      }
    }
    return nil
  }

  private func squareRoot(_ value: Value) -> Value? {
    if let inner = inputs(of: value, "Sqrt")?.first { return inner }
    guard let operands = inputs(of: value, "Pow"), operands.count == 2, scalar(operands[1]) == 0.5 else {
      return nil
    }
    return operands[0]
  }

  private func normalized(centered: Value, shiftedVariance: Value) -> (input: Value, epsilon: Float)? {
    guard let input = centeredInput(centered), let (deviating, epsilon) = variance(shiftedVariance),
      same(deviating, input)
    else { return nil }
    return (input, epsilon)
  }

  /// Returns `x` and epsilon in `mean((x - mean(x))²) + epsilon`.
  private func variance(_ value: Value) -> (input: Value, epsilon: Float)? {
    guard let (variance, constant) = withConstant(value, Self.additions),
      let epsilon = scalar(constant).map({ Float($0) }), epsilon > 0, epsilon.isFinite,
      let squares = meanOverLastAxis(variance), let input = squaredDeviationInput(squares)
    else { return nil }
    return (input, epsilon)
  }

  /// Returns `x` in `x - mean(x)`.
  private func centeredInput(_ value: Value) -> Value? {
    guard let operands = inputs(of: value, "Sub"), operands.count == 2,
      let averaged = meanOverLastAxis(operands[1]), same(averaged, operands[0])
    else { return nil }
    return operands[0]
  }

  /// Returns `x` in `(x - mean(x))²`, in any form of the square.
  private func squaredDeviationInput(_ value: Value) -> Value? {
    if let operands = inputs(of: value, "Pow"), operands.count == 2, scalar(operands[1]) == 2 {
      return centeredInput(operands[0])
    }
    if let operand = inputs(of: value, "Square")?.first { return centeredInput(operand) }
    if let operands = inputs(of: value, "Mul"), operands.count == 2, same(operands[0], operands[1]) {
      return centeredInput(operands[0])
    }
    if let operands = inputs(of: value, "SquaredDifference"), operands.count == 2 {
      for (input, mean) in [(operands[0], operands[1]), (operands[1], operands[0])] {
        if let averaged = meanOverLastAxis(mean), same(averaged, input) { return input }
      }
    }
    return nil
  }
}
