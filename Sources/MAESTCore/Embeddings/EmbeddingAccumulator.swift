public import MAESTTensor

/// Makes a track's embedding of one kind from its patches', one after the other.
///
/// Sums over patches are in double precision, in order of time.
package struct EmbeddingAccumulator: Sendable {
  private let kind: EmbeddingKind
  private var shape: [Int]?
  private var patchCount = 0
  private var sums: [Double] = []
  private var highest: [Float] = []
  /// Of all patches, where each keeps its own.
  private var elements: [Float] = []

  package init(_ kind: EmbeddingKind) { self.kind = kind }

  /// Takes what ``EmbeddingKind/ofPatch(_:)`` gave for the next patch.
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

  /// `[patch, ...]`, or without the axis of patches where they become one vector; nil without patches.
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
  /// The embedding of a patch with tokens `[token, embedding]`: pooled and, unless it is to become one vector with those
  /// of other windows, normalised as this kind asks.
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
  /// Every row of the last axis divided by its Euclidean norm, in double precision; a row of zeros stays.
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
