import MAEST
import MAESTTestSupport
import Testing

/// Attention followed back through the layers.
@Suite struct AttentionRolloutTests {
  /// The product of whole matrices, in double precision.
  private static func plain(_ layers: [Tensor], row: Int) -> [Double] {
    let count = layers[0].shape[1]
    func mixed(_ layer: Tensor) -> [[Double]] {
      (0..<count).map { i in
        (0..<count).map { j in (Double(layer.elements[i * count + j]) + (i == j ? 1 : 0)) / 2 }
      }
    }
    var product = (0..<count).map { i in (0..<count).map { i == $0 ? 1.0 : 0 } }
    for layer in layers {
      let matrix = mixed(layer)
      let earlier = product
      product = matrix.map { row in
        (0..<count).map { j in row.indices.reduce(0) { $0 + row[$1] * earlier[$1][j] } }
      }
    }
    return product[row]
  }

  @Test func theProductOfAllLayers() throws {
    try withTemporaryFolder { folder in
      _ = try TinyModel.write(to: folder + "/tiny.safetensors")
      let model = try MAESTModel(path: folder + "/tiny.safetensors")
      let layerCount = model.configuration.blockCount
      let taps = AttentionRollout.taps(layerCount: layerCount)
      let signal = AudioSignal(
        samples: (0..<16000).map { Float(($0 * 7919) % 1000) / 1000 - 0.5 }, sampleRate: model.sampleRate)
      let output = try #require(
        try model.analyze(signal, AnalysisRequest(taps: taps)).patches.first?.output)
      let layers = try (1...layerCount).map {
        try #require(output[.attentionWeights(layer: $0, queries: .all, heads: .mean)])
      }
      let queries = [0, 1, 3]
      let found = try #require(
        try AttentionRollout.rollout(of: output, from: queries, layerCount: layerCount))
      #expect(found.shape == [3, model.configuration.tokenCount])
      for (row, query) in queries.enumerated() {
        let shares = found[slice: row].elements
        expectClose(shares, Self.plain(layers, row: query).map { Float($0) }, maximum: 1e-6)
        #expect(abs(shares.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
      }
      let tags = try #require(try model.analyze(signal).patches.first?.output)
      #expect(try AttentionRollout.rollout(of: tags, layerCount: layerCount) == nil)
      let tokenCount = model.configuration.tokenCount
      for token in [-1, tokenCount, .max] {
        #expect(throws: ModelError.noSuchToken(index: token, tokenCount: tokenCount)) {
          try AttentionRollout.rollout(of: output, from: [0, token], layerCount: layerCount)
        }
      }
    }
  }
}
