public import MAESTTensor

extension Tensor {
  /// Returns the cosine similarity of two vectors, such as two embeddings: from -1 to 1, computed in double precision.
  ///
  /// It is 1 for two zero vectors, and 0 if only one is zero or any element is not finite.
  ///
  /// - Throws: ``ModelError/differentShapes(found:expected:)``.
  public func cosineSimilarity(to other: Tensor) throws(ModelError) -> Double {
    guard shape == other.shape else { throw .differentShapes(found: other.shape, expected: shape) }
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (a, b) in zip(elements, other.elements) {
      product += Double(a) * Double(b)
      first += Double(a) * Double(a)
      second += Double(b) * Double(b)
    }
    return Self.cosine(product, first, second)
  }

  /// The same, from the dot product of two vectors and their squared norms.
  package static func cosine(_ product: Double, _ first: Double, _ second: Double) -> Double {
    if first == 0 && second == 0 { return 1 }
    let cosine = product / (first.squareRoot() * second.squareRoot())
    return cosine.isFinite ? min(max(cosine, -1), 1) : 0
  }
}
