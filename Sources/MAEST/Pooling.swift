public import MAESTTensor

/// How a patch's tokens become an embedding.
public enum Pooling: String, Sendable, CaseIterable {
  /// All tokens: `[patch, token, embedding]`.
  case tokens
  /// CLS, DIST and the mean of the other tokens side by side: `[patch, 3 * embedding]`.
  ///
  /// Source: the MAEST paper (ISMIR 2023), section 3.3, with layer 7.
  case clsDistMean = "cls-dist-mean"

  /// Pools tokens `[patch, token, embedding]`.
  public func pool(_ tokens: Tensor) -> Tensor {
    precondition(tokens.rank == 3, "tokens of shape \(tokens.shape), expected [patch, token, embedding]")
    switch self {
    case .tokens: return tokens
    case .clsDistMean:
      let (patchCount, width) = (tokens.shape[0], tokens.shape[2])
      let elements = (0..<patchCount).flatMap { Self.clsDistMean(tokens[slice: $0]) }
      return Tensor(shape: [patchCount, 3 * width], elements: elements)
    }
  }

  /// tokens: `[token, embedding]`. The mean is summed in double precision.
  private static func clsDistMean(_ tokens: Tensor) -> [Float] {
    let (count, width) = (tokens.shape[0], tokens.shape[1])
    var sums = [Double](repeating: 0, count: width)
    for token in 2..<count {
      for column in 0..<width { sums[column] += Double(tokens.elements[token * width + column]) }
    }
    return tokens.elements[..<(2 * width)] + sums.map { Float($0 / Double(count - 2)) }
  }
}
