import Foundation
import MAESTWeights
import Testing

/// MAEST's network again, in double precision and in the plainest form: its formulas, token by token.
struct NetworkTwin {
  typealias Row = [Double]

  /// All that the network can give.
  struct Output {
    /// The first block first.
    var blocks: [Block]
    /// All are nil without a head.
    var finalNorm: [Row]?
    var logits: Row?
    var activations: Row?
  }

  /// What can be had of one block.
  struct Block {
    /// `[token, head * width]`, as are keys and values.
    var queries: [Row]
    var keys: [Row]
    var values: [Row]
    /// `[head, query, token]`.
    var weights: [[Row]] = []
    /// `[token, embedding]`, as is the output.
    var attentionOutput: [Row] = []
    var output: [Row] = []
  }

  let configuration: ModelConfiguration
  let parameters: [String: [Float]]

  /// melPatch: `[frame, band]`.
  func callAsFunction(_ melPatch: [Row]) throws -> Output {
    var tokens = try embed(melPatch)
    var blocks: [Block] = []
    for index in 0..<configuration.blockCount {
      let block = try encode(tokens, "blocks.\(index).")
      blocks.append(block)
      tokens = block.output
    }
    guard let head = configuration.head else { return Output(blocks: blocks) }
    let normalized = try norm(tokens, "finalNorm", Double(head.finalNormEpsilon))
    let logits = try classify(normalized, head)
    return Output(
      blocks: blocks, finalNorm: normalized, logits: logits,
      activations: logits.map { 1 / (1 + exp(-$0)) })
  }

  /// CLS, DIST, then the convolution at every position, frequency-major; a position embedding for each.
  private func embed(_ melPatch: [Row]) throws -> [Row] {
    let geometry = configuration.convolution
    var windows: [Row] = []
    for band in 0..<(configuration.bandCount - geometry.kernelBands) / geometry.bandStride + 1 {
      for frame in 0..<(configuration.frameCount - geometry.kernelFrames) / geometry.frameStride + 1 {
        var window: Row = []
        for kernelBand in 0..<geometry.kernelBands {
          for kernelFrame in 0..<geometry.kernelFrames {
            window.append(
              melPatch[frame * geometry.frameStride + kernelFrame][band * geometry.bandStride + kernelBand])
          }
        }
        windows.append(window)
      }
    }
    let leading = [try row("tokens.class"), try row("tokens.distillation")]
    let positions = try rows("positionEmbedding", count: windows.count + 2)
    return zip(leading + (try dense(windows, "patchEmbedding")), positions).map(add)
  }

  /// x + attention(norm(x)), then x + feedForward(norm(x)).
  private func encode(_ tokens: [Row], _ block: String) throws -> Block {
    let epsilon = Double(configuration.blockNormEpsilon)
    var result = try attend(norm(tokens, block + "attentionNorm", epsilon), block + "attention.")
    let tokens = zip(tokens, result.attentionOutput).map(add)
    let expanded = try dense(
      norm(tokens, block + "feedForwardNorm", epsilon), block + "feedForward.expansion")
    let activated = expanded.map { $0.map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) } }
    result.output = zip(tokens, try dense(activated, block + "feedForward.contraction")).map(add)
    return result
  }

  /// The heads' weighted sums of values side by side, through the output layer.
  private func attend(_ tokens: [Row], _ module: String) throws -> Block {
    var block = Block(
      queries: try dense(tokens, module + "query"), keys: try dense(tokens, module + "key"),
      values: try dense(tokens, module + "value"))
    let width = configuration.headWidth
    var context = [Row](repeating: [], count: tokens.count)
    for columns in (0..<configuration.headCount).map({ $0 * width..<($0 + 1) * width }) {
      let weights = block.queries.map { query in
        softmax(
          block.keys.map { key in
            Double(configuration.attentionScale) * columns.reduce(0) { $0 + query[$1] * key[$1] }
          })
      }
      block.weights.append(weights)
      for (token, weights) in weights.enumerated() {
        context[token] += columns.map { column in
          zip(weights, block.values).reduce(0) { $0 + $1.0 * $1.1[column] }
        }
      }
    }
    block.attentionOutput = try dense(context, module + "output")
    return block
  }

  /// dense(norm((cls + dist) / 2)), of tokens after the final norm.
  private func classify(_ normalized: [Row], _ head: HeadConfiguration) throws -> Row {
    var pooled = [zip(normalized[0], normalized[1]).map { ($0 + $1) / 2 }]
    if let epsilon = head.normEpsilon { pooled = try norm(pooled, "head.norm", Double(epsilon)) }
    return try dense(pooled, "head.dense")[0]
  }

  // MARK: - Formulas

  /// (x - mean) / √(variance + epsilon) · scale + bias, token by token.
  private func norm(_ tokens: [Row], _ module: String, _ epsilon: Double) throws -> [Row] {
    let (scale, bias) = (try row(module + ".scale"), try row(module + ".bias"))
    return tokens.map { x in
      let mean = x.reduce(0, +) / Double(x.count)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
      return x.indices.map { (x[$0] - mean) / (variance + epsilon).squareRoot() * scale[$0] + bias[$0] }
    }
  }

  /// x · weight + bias, token by token.
  private func dense(_ tokens: [Row], _ module: String) throws -> [Row] {
    let bias = try row(module + ".bias")
    let weight = try rows(module + ".weight", count: tokens[0].count)
    return tokens.map { x in
      var sum = bias
      for (factor, weights) in zip(x, weight) {
        for column in sum.indices { sum[column] += factor * weights[column] }
      }
      return sum
    }
  }

  private func softmax(_ scores: Row) -> Row {
    let numerators = scores.map { exp($0 - (scores.max() ?? 0)) }
    let sum = numerators.reduce(0, +)
    return numerators.map { $0 / sum }
  }

  private func add(_ a: Row, _ b: Row) -> Row { zip(a, b).map(+) }

  /// A parameter of one axis.
  private func row(_ name: String) throws -> Row { try #require(parameters[name]).map(Double.init) }

  /// A parameter of two axes.
  private func rows(_ name: String, count: Int) throws -> [Row] {
    let numbers = try row(name)
    let width = numbers.count / count
    return (0..<count).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
  }
}
