import MAESTWeights

/// The patch embedding: convolution, CLS and DIST in front, position embedding added.
struct EmbeddingPattern {
  var convolution: ConvolutionPattern
  /// `[embedding]`.
  var classToken: WeightExpression
  /// `[embedding]`.
  var distillationToken: WeightExpression
  /// `[token, embedding]`.
  var position: WeightExpression
}

/// A strided convolution over the mel patch, with a bias.
struct ConvolutionPattern {
  /// The graph's input node.
  var input: Value
  var frameCount: Int
  var bandCount: Int
  var geometry: ConvolutionGeometry
  /// `[kernelBands * kernelFrames, embedding]`.
  var kernel: WeightExpression
  /// `[embedding]`.
  var bias: WeightExpression
  var embeddingWidth: Int { kernel.shape[1] }
  /// Positions along the bands times positions along time.
  var gridCount: Int {
    geometry.positions(along: bandCount, .band) * geometry.positions(along: frameCount, .frame)
  }
}

private enum Axis: Hashable { case frame, band, channel }

/// What the convolution reads: the graph's input with its axes as they arrive there.
private struct ConvolutionInput {
  var input: Value
  var frameCount: Int
  var bandCount: Int
  var bandsAreRows: Bool
}

extension PatternMatcher {
  private static let place = "patch embedding"

  /// Recognises the tokens that enter the first block.
  func embedding(_ value: Value) throws(ConversionError) -> EmbeddingPattern {
    guard let (tokens, position) = withConstant(value, Self.additions),
      let positionShape = compactShape(position), positionShape.count == 2
    else { throw mismatch(Self.place, value, expected: "the sum of the tokens and a position embedding") }
    guard let parts = inputs(of: tokens, "ConcatV2"), parts.count == 4,
      let axis = integers(parts[3])?.first, let rank = graph.shape(of: tokens)?.count,
      axis == rank - 2 || axis == -2
    else { throw mismatch(Self.place, tokens, expected: "CLS, DIST and the grid put together as tokens") }
    let (grid, movements) = behindMovements(parts[2])
    let convolution = try convolution(grid, movements: movements)
    let width = convolution.embeddingWidth
    let tokenCount = ModelConfiguration.leadingTokenCount + convolution.gridCount
    guard positionShape == [tokenCount, width], sameShape(value, position) else {
      throw mismatch(
        Self.place, position, expected: "a position embedding of \(tokenCount) tokens of width \(width)")
    }
    return EmbeddingPattern(
      convolution: convolution,
      classToken: try leadingToken(parts[0], width: width, name: "CLS"),
      distillationToken: try leadingToken(parts[1], width: width, name: "DIST"),
      position: WeightExpression(value: position, sourceShape: positionShape, shape: positionShape))
  }

  private func leadingToken(
    _ value: Value, width: Int, name: String
  ) throws(ConversionError) -> WeightExpression {
    guard graph.isConstant(value), compactShape(value) == [width] else {
      throw mismatch(Self.place, value, expected: "the \(name) token, a constant of width \(width)")
    }
    return WeightExpression(value: value, sourceShape: [width], shape: [width])
  }

  /// The convolution with its bias, from the grid on: `movements` lead from it to the tokens.
  private func convolution(
    _ value: Value, movements: [Value]
  ) throws(ConversionError) -> ConvolutionPattern {
    guard let (sum, bias) = withBias(value), let shape = graph.shape(of: value), shape.count == 4,
      vectorLength(bias) == shape[3]
    else { throw mismatch(Self.place, value, expected: "a convolution with a bias") }
    let convolved = unwrap(sum)
    let node = node(convolved)
    guard node.operation == "Conv2D", node.inputs.count == 2, graph.isConstant(node.inputs[1]),
      let kernel = graph.shape(of: node.inputs[1]), kernel.count == 4, kernel[2] == 1,
      graph.shape(of: convolved) == shape, let strides = node.attributes["strides"]?.integers,
      node.attributes["dilations"]?.integers ?? [1, 1, 1, 1] == [1, 1, 1, 1]
    else {
      throw mismatch(Self.place, convolved, expected: "a Conv2D without padding over one input channel")
    }
    let source = try convolutionInput(node.inputs[0])
    let rows: Axis = source.bandsAreRows ? .band : .frame
    let columns: Axis = source.bandsAreRows ? .frame : .band
    try requireFrequencyMajor(movements, shape: shape, rows: rows, columns: columns, value)
    return ConvolutionPattern(
      input: source.input, frameCount: source.frameCount, bandCount: source.bandCount,
      geometry: ConvolutionGeometry(
        kernelBands: kernel[source.bandsAreRows ? 0 : 1], kernelFrames: kernel[source.bandsAreRows ? 1 : 0],
        bandStride: strides[source.bandsAreRows ? 1 : 2], frameStride: strides[source.bandsAreRows ? 2 : 1]),
      kernel: WeightExpression(
        value: node.inputs[1], sourceShape: [kernel[0], kernel[1], kernel[3]],
        permutation: source.bandsAreRows ? nil : [1, 0, 2], shape: [kernel[0] * kernel[1], kernel[3]]),
      bias: WeightExpression(value: bias, sourceShape: [shape[3]], shape: [shape[3]]))
  }

  /// Follows the convolution's data back to a graph input `[batch, frame, band]`.
  private func convolutionInput(_ value: Value) throws(ConversionError) -> ConvolutionInput {
    let (source, movements) = behindMovements(value)
    guard node(source).operation == "Placeholder", let shape = graph.shape(of: source),
      let compact = compactShape(source), compact.count == 2
    else { throw mismatch(Self.place, source, expected: "the graph's input [batch, time, mel]") }
    let bandAxis = shape.lastIndex { $0 != 1 }
    var tracker = AxisTracker<Axis>(
      shape.enumerated().map { ($0.offset == bandAxis ? .band : .frame, $0.element) })
    for movement in movements where !track(&tracker, through: movement) {
      throw mismatch(Self.place, movement, expected: "whole axes of the mel patch")
    }
    guard tracker.order == [.band, .frame] || tracker.order == [.frame, .band], tracker.axes.count == 4,
      tracker.axes[0].isEmpty, tracker.axes[3].isEmpty
    else { throw mismatch(Self.place, value, expected: "a mel patch as one channel") }
    return ConvolutionInput(
      input: source, frameCount: compact[0], bandCount: compact[1], bandsAreRows: tracker.order[0] == .band)
  }

  /// Checks that the grid's tokens count through time first: token = band position · T + frame position.
  private func requireFrequencyMajor(
    _ movements: [Value], shape: [Int], rows: Axis, columns: Axis, _ value: Value
  ) throws(ConversionError) {
    var tracker = AxisTracker<Axis>([
      (.channel, shape[0]), (rows, shape[1]), (columns, shape[2]), (.channel, shape[3]),
    ])
    for movement in movements where !track(&tracker, through: movement) {
      throw mismatch(Self.place, movement, expected: "whole axes of the convolution's grid")
    }
    guard tracker.order == [.band, .frame, .channel], tracker.labels.last == [.channel] else {
      throw mismatch(Self.place, value, expected: "tokens in frequency-major order")
    }
  }
}
