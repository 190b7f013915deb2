extension PatternMatcher {
  private static let factorDepthLimit = 6

  /// Returns the input of an exact GELU, `0.5 · x · (1 + erf(x / √2))` or `0.5 · x · erfc(-x / √2)`, with the factors
  /// in any order; nil for anything else.
  func geluInput(_ value: Value) -> Value? {
    var constant = 1.0
    var factors: [Value] = []
    collectFactors(value, &constant, &factors, depth: 0)
    guard factors.count == 2, isClose(constant, 0.5) else { return nil }
    for (input, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      if let gated = gateInput(gate), same(gated, input) { return input }
    }
    return nil
  }

  private func collectFactors(
    _ value: Value, _ constant: inout Double, _ factors: inout [Value], depth: Int
  ) {
    if depth < Self.factorDepthLimit {
      if let (inner, factor) = scaled(value) {
        constant *= factor
        return collectFactors(inner, &constant, &factors, depth: depth + 1)
      }
      if let operands = inputs(of: value, "Mul"), operands.count == 2 {
        for operand in operands { collectFactors(operand, &constant, &factors, depth: depth + 1) }
        return
      }
    }
    factors.append(value)
  }

  /// Returns `x` in `1 + erf(x / √2)` or `erfc(-x / √2)`.
  private func gateInput(_ value: Value) -> Value? {
    if let (error, one) = withConstant(value, Self.additions), scalar(one) == 1,
      let argument = inputs(of: error, "Erf")?.first, let (input, factor) = scaled(argument),
      isClose(factor, 0.5.squareRoot())
    {
      return input
    }
    guard let argument = inputs(of: value, "Erfc")?.first else { return nil }
    // The sign may be on the quotient, on its input or in the constant.
    var (inner, sign) = negated(argument)
    guard let (scaledInput, factor) = scaled(inner) else { return nil }
    inner = scaledInput
    let (input, innerSign) = negated(inner)
    sign *= innerSign
    return isClose(sign * factor, -(0.5.squareRoot())) ? input : nil
  }

  private func negated(_ value: Value) -> (Value, Double) {
    inputs(of: value, "Neg")?.first.map { ($0, -1) } ?? (value, 1)
  }

  private func isClose(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-6 * abs(expected)
  }
}
