extension Operations {
  /// Arithmetic on pairs of elements, with broadcasting.
  static let arithmetic: [String: Implementation] = [
    "Add": pairs(Addition.self), "AddV2": pairs(Addition.self), "Sub": pairs(Subtraction.self),
    "Mul": pairs(Multiplication.self), "Minimum": pairs(Smaller.self), "Maximum": pairs(Larger.self),
    "SquaredDifference": pairs(SquaredDifference.self),
    "RealDiv": quotients(Division.self, ofIntegers: false), "Div": quotients(Division.self),
    "TruncateDiv": quotients(Division.self), "TruncateMod": quotients(Remainder.self),
    "FloorDiv": quotients(FloorDivision.self), "FloorMod": quotients(FloorRemainder.self),
    "Pow": powers, "AddN": sumOfAll, "BiasAdd": biased,
  ]

  /// Comparisons and logic, with broadcasting.
  static let logic: [String: Implementation] = [
    "Equal": compare(IsEqual.self, booleans: true), "NotEqual": compare(IsNotEqual.self, booleans: true),
    "Less": compare(IsLess.self), "LessEqual": compare(IsLessOrEqual.self),
    "Greater": compare(IsGreater.self), "GreaterEqual": compare(IsGreaterOrEqual.self),
    "LogicalAnd": combine { $0 && $1 }, "LogicalOr": combine { $0 || $1 }, "LogicalNot": negated,
    "IsNan": notNumbers,
  ]

  /// Functions of single elements.
  static let functions: [String: Implementation] = [
    "Neg": each(Negation.self), "Square": each(Squaring.self), "Abs": each(AbsoluteValue.self),
    "Relu": each(PositivePart.self), "Sqrt": eachFloat(SquareRoot.self),
    "Rsqrt": eachFloat(ReciprocalSquareRoot.self), "Reciprocal": eachFloat(Reciprocal.self),
    "Inv": eachFloat(Reciprocal.self), "Exp": eachFloat(Exponential.self),
    "Log": eachFloat(NaturalLogarithm.self), "Tanh": eachFloat(HyperbolicTangent.self),
    "Erf": eachFloat(ErrorFunction.self), "Erfc": eachFloat(ComplementaryErrorFunction.self),
    "Sigmoid": eachFloat(LogisticFunction.self), "Elu": eachFloat(ExponentialLinear.self),
    "Floor": eachFloat(RoundingDown.self), "Ceil": eachFloat(RoundingUp.self),
    "Rint": eachFloat(RoundingToEven.self), "Round": eachFloat(RoundingToEven.self),
  ]

  // MARK: - Pairs

  private static func pairs<A: Arithmetic>(_: A.Type) -> Implementation {
    { (operands) throws(ConversionError) in
      let pair = try Broadcast(operands)
      if let (left, right) = pair.floats { return [floats(pair.map(left, right, A.apply), pair)] }
      guard let (left, right) = pair.integers else { throw operands.node.failure(pair.typeMismatch) }
      return [integers(pair.map(left, right, A.apply), pair)]
    }
  }

  private static func quotients<A: Arithmetic>(_: A.Type, ofIntegers: Bool = true) -> Implementation {
    { (operands) throws(ConversionError) in
      let pair = try Broadcast(operands)
      if let (left, right) = pair.floats { return [floats(pair.map(left, right, A.apply), pair)] }
      guard ofIntegers, let (left, right) = pair.integers else {
        throw operands.node.failure(pair.typeMismatch)
      }
      guard !right.contains(0) else { throw operands.node.failure("integer division by 0") }
      return [integers(pair.map(left, right, A.apply), pair)]
    }
  }

  private static func powers(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let pair = try Broadcast(operands)
    if let (left, right) = pair.floats { return [floats(pair.map(left, right, Power.apply), pair)] }
    guard let (left, right) = pair.integers else { throw operands.node.failure(pair.typeMismatch) }
    guard right.allSatisfy({ $0 >= 0 }) else {
      throw operands.node.failure("an integer power of \(right.min() ?? 0), expected no negative exponent")
    }
    return [integers(pair.map(left, right, Power.apply), pair)]
  }

  private static func floats(_ values: [Float], _ pair: Broadcast) -> ConstantTensor {
    ConstantTensor(type: pair.left.type, shape: pair.shape, elements: .floats(values))
  }

  private static func integers(_ values: [Int], _ pair: Broadcast) -> ConstantTensor {
    ConstantTensor(
      type: pair.left.type, shape: pair.shape, elements: .integers(pair.left.type.wrapped(values)))
  }

  /// Returns the sum of any number of tensors of the same shape.
  private static func sumOfAll(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    var sum = try operands.tensor(0)
    for next in operands.inputs.dropFirst() {
      guard next.shape == sum.shape else {
        throw operands.node.failure("shapes \(sum.shape) and \(next.shape), expected one shape")
      }
      let pair = Operands(node: operands.node, inputs: [sum, next], context: operands.context)
      sum = try pairs(Addition.self)(pair)[0]
    }
    return [sum]
  }

  private static func biased(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let (tensor, bias) = (try operands.tensor(0), try operands.tensor(1))
    let format = operands.node.attributes["data_format"]?.string ?? "NHWC"
    let axis = format.hasPrefix("NC") ? 1 : tensor.shape.count - 1
    guard tensor.shape.indices.contains(axis), bias.shape == [tensor.shape[axis]] else {
      throw operands.node.failure("a bias of shape \(bias.shape) for \(tensor.shape) in format \(format)")
    }
    let ones = Array(repeating: 1, count: tensor.shape.count - 1 - axis)
    let inputs = [tensor, bias.reshaped(bias.shape + ones)]
    return try pairs(Addition.self)(
      Operands(node: operands.node, inputs: inputs, context: operands.context))
  }

  // MARK: - Truth values

  private static func compare<R: Relation>(_: R.Type, booleans: Bool = false) -> Implementation {
    { (operands) throws(ConversionError) in
      let pair = try Broadcast(operands)
      if let (left, right) = pair.floats {
        return [ConstantTensor(booleans: pair.map(left, right, R.holds), shape: pair.shape)]
      }
      if let (left, right) = pair.integers {
        return [ConstantTensor(booleans: pair.map(left, right, R.holds), shape: pair.shape)]
      }
      guard booleans, let (left, right) = pair.booleans else {
        throw operands.node.failure(pair.typeMismatch)
      }
      let result = pair.map(left, right) { R.holds($0 ? 1 : 0, $1 ? 1 : 0) }
      return [ConstantTensor(booleans: result, shape: pair.shape)]
    }
  }

  private static func combine(_ operation: @escaping @Sendable (Bool, Bool) -> Bool) -> Implementation {
    { (operands) throws(ConversionError) in
      let pair = try Broadcast(operands)
      guard let (left, right) = pair.booleans else { throw operands.node.failure(pair.typeMismatch) }
      return [ConstantTensor(booleans: pair.map(left, right, operation), shape: pair.shape)]
    }
  }

  private static func negated(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let values = try operands.booleans(0)
    return [ConstantTensor(booleans: values.map { !$0 }, shape: operands.inputs[0].shape)]
  }

  private static func notNumbers(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let values = try operands.floats(0)
    return [ConstantTensor(booleans: values.map(\.isNaN), shape: operands.inputs[0].shape)]
  }

  // MARK: - Single elements

  private static func eachFloat<F: FloatFunction>(_: F.Type) -> Implementation {
    { (operands) throws(ConversionError) in
      let values = try operands.floats(0)
      let result = operands.context.filledRows(count: values.count, width: 1) { range, output in
        values.withUnsafeBufferPointer { values in
          let source = UnsafeBufferPointer(rebasing: values[range])
          for index in source.indices { output[index] = F.apply(source[index]) }
        }
      }
      let tensor = operands.inputs[0]
      return [ConstantTensor(type: tensor.type, shape: tensor.shape, elements: .floats(result))]
    }
  }

  private static func each<F: NumberFunction>(_ function: F.Type) -> Implementation {
    { (operands) throws(ConversionError) in
      let tensor = try operands.tensor(0)
      guard !tensor.type.isFloating else { return try eachFloat(function)(operands) }
      let values = try operands.integers(0)
      let result = tensor.type.wrapped(values.map { F.apply($0) })
      return [ConstantTensor(type: tensor.type, shape: tensor.shape, elements: .integers(result))]
    }
  }
}
