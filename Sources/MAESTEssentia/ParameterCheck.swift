/// Checks parameters like Essentia and throws its errors.
struct ParameterCheck {
  let algorithm: String
  let isStrict: Bool

  func atLeast(_ minimum: Int, _ name: String, _ value: Int?) throws(EssentiaError) {
    guard let value, value < minimum else { return }
    throw failure(.parameterOutOfRange(name: name, value: "\(value)", range: "[\(minimum),inf)"))
  }

  func positive(_ name: String, _ value: Int) throws(EssentiaError) {
    guard value < 1 else { return }
    throw failure(.parameterOutOfRange(name: name, value: "\(value)", range: "(0,inf)"))
  }

  func failure(_ reason: EssentiaError.Reason) -> EssentiaError {
    EssentiaError(algorithm, .configuring, reason, isStrict: isStrict)
  }

  /// Makes an error of the computation stage.
  func runFailure(_ reason: EssentiaError.Reason) -> EssentiaError {
    EssentiaError(algorithm, .computing, reason, isStrict: isStrict)
  }
}
