public import MAESTNetwork
public import MAESTTensor

/// Attention rollout: how much selected tokens of the last block depend on each input token, through all blocks.
///
/// Half of each block's output comes from the residual connection and half from attention: `Ā = (I + A) / 2`, with `A`
/// the mean over heads. A token's row of `Ā(last) · ... · Ā(first)` is computed starting at the last block.
///
/// Source: Abnar, Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020, section 3.
public struct AttentionRollout: Sendable {
  /// The required taps: the attention weights of all tokens in all layers, averaged over heads.
  ///
  /// They take 11 MB per layer and patch in the 30 s model.
  public static func taps(layerCount: Int) -> Set<Tap> {
    Set((1...max(layerCount, 1)).map { .attentionWeights(layer: $0, queries: .all, heads: .mean) })
  }

  /// Returns the rollout of some tokens in one patch: `[query, token]`, each row sums to 1; nil if
  /// ``taps(layerCount:)`` were not requested.
  ///
  /// - Parameters:
  ///   - output: the output for one patch, with the values of ``taps(layerCount:)``.
  ///   - queries: tokens of the last block: CLS is 0, DIST 1.
  ///   - layerCount: the model's number of layers, or fewer, counted from the first.
  /// - Throws: ``ModelError/noSuchToken(index:tokenCount:)`` for a query that is not a token of the patch.
  public static func rollout(
    of output: NetworkOutput, from queries: [Int] = [0, 1], layerCount: Int
  ) throws(ModelError) -> Tensor? {
    var layers: [Tensor] = []
    for layer in (1...max(layerCount, 1)).reversed() {
      guard let weights = output[.attentionWeights(layer: layer, queries: .all, heads: .mean)] else {
        return nil
      }
      layers.append(weights)
    }
    let tokenCount = layers[0].shape[1]
    for query in queries where !(0..<tokenCount).contains(query) {
      throw .noSuchToken(index: query, tokenCount: tokenCount)
    }
    let rows = queries.map { follow($0, through: layers, tokenCount: tokenCount) }
    return Tensor(shape: [queries.count, tokenCount], elements: rows.flatMap(\.self))
  }

  /// Multiplies one token's row through the layers, the last one first.
  private static func follow(_ query: Int, through layers: [Tensor], tokenCount: Int) -> [Float] {
    var shares = [Float](repeating: 0, count: tokenCount)
    shares[query] = 1
    for layer in layers {
      var earlier = shares.map { $0 / 2 }
      layer.elements.withUnsafeBufferPointer { weights in
        for (token, share) in shares.enumerated() where share != 0 {
          let row = weights[token * tokenCount..<(token + 1) * tokenCount]
          for (source, weight) in zip(earlier.indices, row) { earlier[source] += share / 2 * weight }
        }
      }
      shares = earlier
    }
    return shares
  }
}
