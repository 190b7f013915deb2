public import MAESTTensor

/// Combines the patches' embeddings of one kind into the track's embedding.
///
/// Sums over patches are computed in double precision, in order of time.
package struct EmbeddingAccumulator: Sendable {
  private let kind: EmbeddingKind
  private var shape: [Int]?
  private var patchCount = 0
  private var sums: [Double] = []
  private var highest: [Float] = []
  /// The elements of all patches, if they are not combined.
  private var elements: [Float] = []

  package init(_ kind: EmbeddingKind) { self.kind = kind }

  /// Adds the next patch's embedding, as returned by ``EmbeddingKind/ofPatch(_:)``.
  package mutating func add(_ embedding: Tensor) {
    precondition(shape == nil || shape == embedding.shape, "\(embedding.shape) after \(shape ?? [])")
    shape = embedding.shape
    patchCount += 1
    switch kind.overWindows {
    case nil: elements += embedding.elements
    case .mean:
      if sums.isEmpty { sums = [Double](repeating: 0, count: embedding.count) }
      for (index, value) in embedding.elements.enumerated() { sums[index] += Double(value) }
    case .max:
      highest = patchCount == 1 ? embedding.elements : zip(highest, embedding.elements).map { max($0, $1) }
    }
  }

  /// The track's embedding: `[patch, ...]`, or without the patch axis if patches are combined; nil without patches.
  package var embedding: Tensor? {
    guard let shape else { return nil }
    switch kind.overWindows {
    case nil: return Tensor(shape: [patchCount] + shape, elements: elements)
    case .mean:
      return kind.normalized(
        Tensor(shape: shape, elements: sums.map { Float($0 / Double(patchCount)) }))
    case .max: return kind.normalized(Tensor(shape: shape, elements: highest))
    }
  }
}

extension EmbeddingKind {
  /// Computes the embedding of a patch with tokens `[token, embedding]`. The tokens are pooled; the result is
  /// normalised as this kind specifies, unless the windows are combined (the combined vector is normalised instead).
  ///
  /// - Throws: ``ModelError/wrongTokenShape(found:axisCount:leastTokenCount:)``.
  public func ofPatch(_ tokens: Tensor) throws(ModelError) -> Tensor {
    let pooled = try pooling.pool(patchTokens: tokens)
    return overWindows == nil ? normalized(pooled) : pooled
  }

  fileprivate func normalized(_ embedding: Tensor) -> Tensor {
    switch normalization {
    case .none: embedding
    case .l2: embedding.withUnitRows()
    }
  }
}

extension Tensor {
  /// Divides every row of the last axis by its Euclidean norm, in double precision; zero rows are unchanged.
  fileprivate func withUnitRows() -> Tensor {
    let width = max(shape.last ?? 1, 1)
    var result: [Float] = []
    result.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: width) {
      let row = elements[start..<start + width]
      let norm = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      result += norm == 0 ? Array(row) : row.map { Float(Double($0) / norm) }
    }
    return Tensor(shape: shape, elements: result)
  }
}
