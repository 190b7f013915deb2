import MAESTWeights

/// A strided convolution over the mel patch, without its bias.
struct ConvolutionPattern {
  /// The graph's input node.
  var input: Value
  var convolved: Value
  var frameCount: Int
  var bandCount: Int
  /// Whether the convolution's rows are bands (otherwise frames).
  var bandsAreRows: Bool
  var geometry: ConvolutionGeometry
  /// `[kernelBands * kernelFrames, embedding]`.
  var kernel: WeightExpression
  var embeddingWidth: Int { kernel.shape[1] }
  /// Number of positions along the bands times the number along time.
  var gridCount: Int {
    geometry.positions(along: bandCount, .band) * geometry.positions(along: frameCount, .frame)
  }
}

/// The axes of the mel patch and of the convolution's result.
enum PatchAxis: Hashable { case frame, band, channel }

extension PatternMatcher {
  /// Recognises the convolution with the result `value`, `[batch, row, column, embedding]`.
  func convolution(_ value: Value, place: String) throws(ConversionError) -> ConvolutionPattern {
    let node = node(value)
    guard node.operation == "Conv2D", node.inputs.count == 2, graph.isConstant(node.inputs[1]),
      let kernel = graph.shape(of: node.inputs[1]), kernel.count == 4, kernel[2] == 1,
      graph.shape(of: value)?.count == 4, let strides = node.attributes["strides"]?.integers,
      node.attributes["dilations"]?.integers ?? [1, 1, 1, 1] == [1, 1, 1, 1]
    else { throw mismatch(place, value, expected: "a Conv2D without padding over one input channel") }
    let (input, frameCount, bandCount, bandsAreRows) = try convolutionInput(node.inputs[0], place: place)
    let weights = WeightExpression.constant(node.inputs[1], shape: [kernel[0], kernel[1], kernel[3]])
    return ConvolutionPattern(
      input: input, convolved: value, frameCount: frameCount, bandCount: bandCount,
      bandsAreRows: bandsAreRows,
      geometry: ConvolutionGeometry(
        kernelBands: kernel[bandsAreRows ? 0 : 1], kernelFrames: kernel[bandsAreRows ? 1 : 0],
        bandStride: strides[bandsAreRows ? 1 : 2], frameStride: strides[bandsAreRows ? 2 : 1]),
      kernel: weights.permuted(bandsAreRows ? [0, 1, 2] : [1, 0, 2])
        .reshaped([kernel[0] * kernel[1], kernel[3]]))
  }

  /// Follows the convolution's data back to a graph input `[batch, frame, band]`.
  private func convolutionInput(
    _ value: Value, place: String
  ) throws(ConversionError) -> (input: Value, frameCount: Int, bandCount: Int, bandsAreRows: Bool) {
    let (source, movements) = behindMovements(value)
    guard node(source).operation == "Placeholder", let shape = graph.shape(of: source),
      let compact = compactShape(source), compact.count == 2
    else { throw mismatch(place, source, expected: "the graph's input [batch, time, mel]") }
    let bandAxis = shape.lastIndex { $0 != 1 }
    var tracker = AxisTracker<PatchAxis>(
      shape.enumerated().map { ($0.offset == bandAxis ? .band : .frame, $0.element) })
    for movement in movements where !track(&tracker, through: movement) {
      throw mismatch(place, movement, expected: "whole axes of the mel patch")
    }
    guard tracker.order == [.band, .frame] || tracker.order == [.frame, .band], tracker.axes.count == 4,
      tracker.axes[0].isEmpty, tracker.axes[3].isEmpty
    else { throw mismatch(place, value, expected: "a mel patch as one channel") }
    return (source, compact[0], compact[1], tracker.order[0] == .band)
  }
}
