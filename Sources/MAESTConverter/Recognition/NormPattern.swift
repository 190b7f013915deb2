/// A LayerNorm: `(input - mean) / sqrt(variance + epsilon) * scale + bias`.
struct NormPattern {
  var input: Value
  /// `[embedding]`.
  var scale: WeightExpression
  /// `[embedding]`.
  var bias: WeightExpression
  var epsilon: Float
}

extension PatternMatcher {
  /// Recognises a LayerNorm over the last axis; nil for anything else.
  func norm(_ value: Value) -> NormPattern? {
    guard let (scaled, bias) = withConstant(value, Self.additions),
      let (quotient, scale) = withConstant(scaled, ["Mul"]),
      let width = vectorLength(bias), vectorLength(scale) == width,
      let (input, epsilon) = normalized(quotient), sameShape(value, input)
    else { return nil }
    return NormPattern(
      input: input,
      scale: WeightExpression(value: scale, sourceShape: [width], shape: [width]),
      bias: WeightExpression(value: bias, sourceShape: [width], shape: [width]),
      epsilon: epsilon)
  }

  /// `centered / sqrt(variance + epsilon)`, or a product with the reciprocal root.
  private func normalized(_ value: Value) -> (input: Value, epsilon: Float)? {
    if let operands = inputs(of: value, "RealDiv"), operands.count == 2,
      let variance = squareRoot(operands[1])
    {
      return normalized(centered: operands[0], shiftedVariance: variance)
    }
    guard let operands = inputs(of: value, "Mul"), operands.count == 2 else { return nil }
    for (left, right) in [(operands[0], operands[1]), (operands[1], operands[0])] {
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
    guard let input = centeredInput(centered),
      let (variance, constant) = withConstant(shiftedVariance, Self.additions),
      let epsilon = scalar(constant).map({ Float($0) }), epsilon > 0, epsilon.isFinite,
      let squares = meanOverLastAxis(variance), let deviation = squaredDeviationInput(squares),
      same(deviation, input)
    else { return nil }
    return (input, epsilon)
  }

  /// `x` in `x - mean(x)`.
  private func centeredInput(_ value: Value) -> Value? {
    guard let operands = inputs(of: value, "Sub"), operands.count == 2,
      let averaged = meanOverLastAxis(operands[1]), same(averaged, operands[0])
    else { return nil }
    return operands[0]
  }

  /// `x` in `(x - mean(x))²`, however the square is written.
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
