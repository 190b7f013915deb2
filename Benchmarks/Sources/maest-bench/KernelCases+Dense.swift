import MAESTKernels
import MAESTTensor

// Dense layers. A block is worked through for all tokens, or, as logits need the last one, for keys and values of
// all tokens and the rest of CLS and DIST: then `rowCount` tells how many rows the rest has.
extension KernelCases {
  private func isWhole(_ rowCount: Int) -> Bool { rowCount == shape.tokenCount }

  /// The layers of which some are packed.
  private func layers(_ rowCount: Int) -> RandomBlock { isWhole(rowCount) ? wholeLayers : lastLayers }

  /// Packing a block's weights; nil where the backend does not.
  func packing(rowCount: Int? = nil) -> BenchmarkCase? {
    guard compute.multiplication.panelWidth != nil else { return nil }
    let layers = RandomBlock.packedLayers(isWhole: isWhole(rowCount ?? shape.tokenCount))
    let weights = layers.map { block[keyPath: $0].weight }
    let memory = MutableMatrix(
      rows: 1,
      columns: weights.reduce(0) { $0 + compute.packedCount(rows: $1.rows, columns: $1.columns) })
    let count = block.numberCount(layers)
    return benchmark("packing weights [\(count)]", moved: 2 * count) { [compute] in
      _ = compute.pack(weights, into: memory)
    }
  }

  /// The norm, keys and values of all tokens, queries of the first ones.
  func projections(rowCount: Int? = nil) -> BenchmarkCase {
    let (tokens, width, columns) = (shape.tokenCount, shape.embeddingWidth, shape.attentionWidth)
    let rowCount = rowCount ?? tokens
    let layers = layers(rowCount)
    return benchmark(
      "norm, keys, values, queries [\(tokens), \(width)] x 3 [\(width), \(columns)]",
      operations: 2 * (2 * tokens + rowCount) * width * columns
    ) {
      forEachRowBlock(of: tokens) { rows, scratch in
        let normalized = normalize(rows, scratch)
        for (layer, output) in zip([layers.key, layers.value], projected) {
          compute.linear(normalized, weight: layer.weight, bias: layer.bias, into: output[rows: rows])
        }
        let first = rows.clamped(to: 0..<rowCount)
        compute.linear(
          normalized[rows: 0..<first.count], weight: layers.query.weight, bias: layers.query.bias,
          into: projected[2][rows: first])
      }
    }
  }

  /// The attention's output, added to the residual stream.
  func attentionOutput(rowCount: Int? = nil) -> BenchmarkCase {
    let (width, columns) = (shape.attentionWidth, shape.embeddingWidth)
    let rowCount = rowCount ?? shape.tokenCount
    let layer = layers(rowCount).output
    return benchmark(
      "attention output [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, _ in
        compute.linear(
          context[rows: rows].readOnly, weight: layer.weight, bias: layer.bias,
          addingTo: residual[rows: rows])
      }
    }
  }

  /// The norm and the hidden layer, section by section.
  func expansion(rowCount: Int? = nil) -> BenchmarkCase {
    let (width, columns) = (shape.embeddingWidth, shape.feedForwardWidth)
    let rowCount = rowCount ?? shape.tokenCount
    let layer = layers(rowCount).expansion
    return benchmark(
      "norm, expansion, GELU [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, scratch in
        let normalized = normalize(rows, scratch)
        for section in shape.hiddenSections {
          compute.linear(
            normalized, weight: layer.weight[columns: section], bias: layer.bias[section],
            activation: .gelu, into: scratch.hidden[rows: 0..<rows.count][columns: 0..<section.count])
        }
      }
    }
  }

  /// From the hidden layer, section by section, to the residual stream.
  func contraction(rowCount: Int? = nil) -> BenchmarkCase {
    let (width, columns) = (shape.feedForwardWidth, shape.embeddingWidth)
    let rowCount = rowCount ?? shape.tokenCount
    let layer = layers(rowCount).contraction
    return benchmark(
      "contraction [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, scratch in
        for section in shape.hiddenSections {
          compute.linear(
            scratch.hidden[rows: 0..<rows.count][columns: 0..<section.count].readOnly,
            weight: layer.weight[rows: section], bias: section.lowerBound == 0 ? layer.bias : nil,
            addingTo: residual[rows: rows])
        }
      }
    }
  }

  /// The convolution's product, added to positions; its weight is not packed.
  func patchEmbedding() -> BenchmarkCase {
    let (rowCount, width, columns) = (shape.gridTokenCount, shape.kernelElementCount, shape.embeddingWidth)
    let windows = randomMatrix(rowCount, width, deviation: 1, seed: 1).readOnly
    let layer = RandomDense(width, columns, seed: 7)
    return benchmark(
      "patch embedding [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, _ in
        compute.linear(
          windows[rows: rows], weight: layer.weight, bias: layer.bias, addingTo: residual[rows: rows])
      }
    }
  }

  /// The norms, and the labels of one row, by one thread; the weight is not packed.
  func head() -> BenchmarkCase {
    let (width, columns) = (shape.embeddingWidth, shape.labelCount)
    let layer = RandomDense(width, columns, seed: 8)
    let normalized = MutableMatrix(rows: 2, columns: width)
    let output = MutableMatrix(rows: 1, columns: columns)
    return benchmark("norms, head [1, \(width)] x [\(width), \(columns)]", operations: 2 * width * columns) {
      normalize(input[rows: 0..<2], into: normalized)
      normalize(normalized[rows: 0..<1].readOnly, into: normalized[rows: 0..<1])
      compute.linear(
        normalized[rows: 0..<1].readOnly, weight: layer.weight, bias: layer.bias, into: output)
      compute.sigmoid(output)
    }
  }

  private func normalize(_ rows: Range<Int>, _ scratch: Scratch) -> Matrix {
    let normalized = scratch.normalized[rows: 0..<rows.count]
    normalize(input[rows: rows], into: normalized)
    return normalized.readOnly
  }

  /// LayerNorm with a scale and a bias.
  func normalize(_ rows: Matrix, into output: MutableMatrix) {
    compute.layerNorm(
      rows, scale: block.output.bias, bias: block.contraction.bias, epsilon: 1e-6, into: output)
  }
}
