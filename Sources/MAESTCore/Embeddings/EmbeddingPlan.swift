public import MAESTNetwork
import MAESTTensor

/// The taps that a request's embeddings need, and the poolings to apply to each.
package struct EmbeddingPlan: Sendable {
  private let steps: [(kind: EmbeddingKind, tap: Tap)]

  /// If all poolings of a source need only CLS and DIST, only these tokens are computed. A tap that is requested anyway
  /// is reused.
  ///
  /// - Parameter rowsAreIndependent: whether a token's values are bit-identical for any number of tokens computed
  ///   together. If not, CLS and DIST are computed separately whatever else is requested.
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

  /// The taps to compute.
  package var taps: Set<Tap> { Set(steps.map(\.tap)) }

  /// Computes one patch's embeddings.
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
  /// The tap with this source's tokens, `[token, embedding]`.
  public func tap(tokens: TokenSelection) -> Tap {
    switch self {
    case .blockOutput(let layer): .blockOutput(layer: layer, tokens: tokens)
    case .attentionOutput(let layer): .attentionOutput(layer: layer)
    case .finalNorm: .finalNorm(tokens: tokens)
    }
  }
}
