public import MAESTNetwork
import MAESTTensor

/// Which points of the network the embeddings of a request need, and what becomes of them there.
package struct EmbeddingPlan: Sendable {
  private let steps: [(kind: EmbeddingKind, tap: Tap)]

  /// Where poolings of a source are content with CLS and DIST, no more is asked for; a point that is asked for
  /// anyway serves as it is.
  ///
  /// - Parameter rowsAreIndependent: whether a token's numbers are the same bit for bit however many are worked on
  ///   together. Where they are not, CLS and DIST are worked on alone whatever else is asked for.
  package init(_ request: AnalysisRequest, rowsAreIndependent: Bool = true) {
    guard rowsAreIndependent else {
      steps = request.embeddings.map { kind in
        (kind, kind.source.tap(tokens: kind.pooling.needsLeadingTokensOnly ? .leading : .all))
      }
      return
    }
    var wide: Set<EmbeddingKind.Source> = []
    for kind in request.embeddings {
      let isTapped = request.taps.contains(kind.source.tap(tokens: .all))
      if isTapped || !kind.pooling.needsLeadingTokensOnly { wide.insert(kind.source) }
    }
    steps = request.embeddings.map { kind in
      (kind, kind.source.tap(tokens: wide.contains(kind.source) ? .all : .leading))
    }
  }

  /// The points that are needed.
  package var taps: Set<Tap> { Set(steps.map(\.tap)) }

  /// One patch's embeddings.
  func embeddings(of output: NetworkOutput) throws(ModelError) -> [EmbeddingKind: Tensor] {
    var embeddings: [EmbeddingKind: Tensor] = [:]
    for (kind, tap) in steps {
      guard let tokens = output[tap] else { preconditionFailure("\(tap) was asked for and is missing") }
      embeddings[kind] = try kind.ofPatch(tokens)
    }
    return embeddings
  }
}

extension EmbeddingKind.Source {
  /// The point of the network, `[token, embedding]`.
  public func tap(tokens: TokenSelection) -> Tap {
    switch self {
    case .blockOutput(let layer): .blockOutput(layer: layer, tokens: tokens)
    case .attentionOutput(let layer): .attentionOutput(layer: layer)
    case .finalNorm: .finalNorm(tokens: tokens)
    }
  }
}
