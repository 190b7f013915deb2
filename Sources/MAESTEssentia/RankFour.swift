import MAEST

extension Tensor {
  /// The tensor with four axes, as in Essentia: `[batch, 1, token, embedding]` or `[batch, 1, 1, label]`.
  ///
  /// Nil for more than four axes.
  var rankFour: Tensor? {
    let shape: [Int]? =
      switch self.shape.count {
      case 0: [1, 1, 1, 1]
      case 1: [self.shape[0], 1, 1, 1]
      case 2: [self.shape[0], 1, 1, self.shape[1]]
      case 3: [self.shape[0], 1, self.shape[1], self.shape[2]]
      case 4: self.shape
      default: nil
      }
    return shape.map { Tensor(shape: $0, elements: elements) }
  }

  /// The tensor without axes of size 1, except the first one (the batch).
  var squeezed: Tensor {
    Tensor(shape: shape.prefix(1) + shape.dropFirst().filter { $0 != 1 }, elements: elements)
  }

}

extension ParameterCheck {
  /// Concatenates tensors of four axes along the first axis.
  ///
  /// - Throws: ``EssentiaError`` if the other axes differ, as for a graph's node whose shape depends on the values.
  func joined(_ parts: [Tensor], of output: String) throws(EssentiaError) -> Tensor {
    guard let first = parts.first else { return Tensor(shape: [0, 1, 1, 1], elements: []) }
    for part in parts where part.shape.dropFirst() != first.shape.dropFirst() {
      throw runFailure(.varyingShape(output: output, found: part.shape, expected: first.shape))
    }
    return Tensor(
      shape: [parts.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst(),
      elements: parts.flatMap(\.elements))
  }
}
