import MAESTKernels
import MAESTTensor

/// A two-dimensional convolution, computed as a matrix product of windows and kernel (im2col).
///
/// Data is `[batch, row, column, channel]` (NHWC) or `[batch, channel, row, column]` (NCHW, which is transposed before
/// and after); the kernel is `[row, column, input channel, output channel]`.
struct Convolution {
  /// Maximum number of window elements that one thread gathers at a time.
  private static let windowLimit = 1 << 18

  private let operands: Operands
  private let isChannelsFirst: Bool
  /// `[batch, row, column, channel]`.
  private let data: ConstantTensor
  private let kernel: ConstantTensor
  private let rows: ConvolutionAxis
  private let columns: ConvolutionAxis

  init(_ operands: Operands) throws(ConversionError) {
    let node = operands.node
    let (data, kernel) = (try operands.tensor(0), try operands.tensor(1))
    let format = node.attributes["data_format"]?.string ?? "NHWC"
    isChannelsFirst = format == "NCHW"
    guard isChannelsFirst || format == "NHWC" else { throw node.failure("data format '\(format)'") }
    guard data.type.isFloating, kernel.type.isFloating, data.shape.count == 4, kernel.shape.count == 4 else {
      throw node.failure("data of shape \(data.shape), kernel \(kernel.shape), expected 4 axes each")
    }
    self.data = isChannelsFirst ? data.permuted([0, 2, 3, 1]) : data
    self.kernel = kernel
    self.operands = operands
    guard self.data.shape[3] == kernel.shape[2] else {
      throw node.failure("\(self.data.shape[3]) channels, the kernel takes \(kernel.shape[2])")
    }
    let first = isChannelsFirst ? 2 : 1
    rows = try ConvolutionAxis(node, first, size: self.data.shape[1], kernel: kernel.shape[0])
    columns = try ConvolutionAxis(node, first + 1, size: self.data.shape[2], kernel: kernel.shape[1])
  }

  func result() throws(ConversionError) -> ConstantTensor {
    let shape = [data.shape[0], rows.count, columns.count, kernel.shape[3]]
    let count = try operands.checkedCount(shape)
    let windowLength = kernel.shape.dropLast().reduce(1, *)
    try operands.checkWork(shape + [windowLength])
    guard let values = data.floats, let weights = kernel.floats else {
      throw operands.node.failure("it takes floating-point numbers")
    }
    let elements =
      count == 0 || windowLength == 0
      ? Array(repeating: Float(0), count: count) : convolved(values, weights, windowLength, shape)
    let result = ConstantTensor(type: data.type, shape: shape, elements: .floats(elements))
    return isChannelsFirst ? result.permuted([0, 3, 1, 2]) : result
  }

  private func convolved(
    _ values: [Float], _ weights: [Float], _ windowLength: Int, _ shape: [Int]
  ) -> [Float] {
    let channels = shape[3]
    let kernel = Matrix(copying: weights, rows: windowLength, columns: channels)
    let positions = shape.dropLast().reduce(1, *)
    let runLength = max(1, Self.windowLimit / windowLength)
    @Sendable func run(_ part: Int) -> Range<Int> {
      (part * runLength)..<min((part + 1) * runLength, positions)
    }
    return operands.context.filled(
      count: positions * channels, partCount: (positions + runLength - 1) / runLength,
      range: { (run($0).lowerBound * channels)..<(run($0).upperBound * channels) },
      body: { part, output in multiply(run(part), of: values, by: kernel, into: output) })
  }

  /// Multiplies the windows at some positions of the result by the kernel.
  private func multiply(
    _ positions: Range<Int>, of values: [Float], by kernel: Matrix,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    let windows = MutableMatrix(rows: positions.count, columns: kernel.rows)
    for (row, position) in positions.enumerated() { copyWindow(at: position, of: values, to: windows, row) }
    let product = MutableMatrix(rows: positions.count, columns: kernel.columns)
    operands.context.multiplication.multiply(
      windows.readOnly, kernel, transposingB: false, into: product, accumulating: false)
    product.copyElements(to: output)
  }

  /// Copies the window at a position of the result; elements in the padding stay 0.
  private func copyWindow(at position: Int, of values: [Float], to windows: MutableMatrix, _ row: Int) {
    let (height, width, channels) = (data.shape[1], data.shape[2], data.shape[3])
    let image = position / (rows.count * columns.count)
    let firstRow = rows.start(position / columns.count % rows.count)
    let firstColumn = columns.start(position % columns.count)
    for kernelRow in 0..<kernel.shape[0] {
      let y = firstRow + kernelRow * rows.dilation
      guard y >= 0, y < height else { continue }
      for kernelColumn in 0..<kernel.shape[1] {
        let x = firstColumn + kernelColumn * columns.dilation
        guard x >= 0, x < width else { continue }
        let source = ((image * height + y) * width + x) * channels
        let target = (kernelRow * kernel.shape[1] + kernelColumn) * channels
        for channel in 0..<channels { windows[row, target + channel] = values[source + channel] }
      }
    }
  }
}

/// The positions of a kernel along one axis.
struct ConvolutionAxis {
  /// Number of kernel positions.
  let count: Int
  let dilation: Int
  private let stride: Int
  /// Elements of padding before the first element.
  private let padding: Int

  private static let limit = 1 << 30

  /// - Parameter axis: the axis in the node's data format.
  init(_ node: Node, _ axis: Int, size: Int, kernel: Int) throws(ConversionError) {
    func number(_ name: String) throws(ConversionError) -> Int {
      let values = node.attributes[name]?.integers ?? [1, 1, 1, 1]
      guard values.count == 4, values[axis] > 0, values[axis] <= Self.limit else {
        throw node.failure("\(name) \(values.brief), expected 4 positive numbers")
      }
      return values[axis]
    }
    stride = try number("strides")
    dilation = try number("dilations")
    guard kernel > 0, kernel <= Self.limit, size <= Self.limit else {
      throw node.failure("a kernel of \(kernel) for \(size) elements")
    }
    let extent = (kernel - 1) * dilation + 1
    let mode = node.attributes["padding"]?.string ?? ""
    switch mode {
    case "VALID": (padding, count) = (0, size < extent ? 0 : (size - extent) / stride + 1)
    case "SAME":
      count = (size + stride - 1) / stride
      padding = max((max(count, 1) - 1) * stride + extent - size, 0) / 2
    case "EXPLICIT":
      let all = node.attributes["explicit_paddings"]?.integers ?? []
      guard all.count == 8, all.allSatisfy({ $0 >= 0 && $0 <= Self.limit }) else {
        throw node.failure("paddings \(all.brief), expected 8 numbers from 0")
      }
      padding = all[2 * axis]
      let padded = size + padding + all[2 * axis + 1]
      count = padded < extent ? 0 : (padded - extent) / stride + 1
    default: throw node.failure("padding '\(mode)', expected VALID, SAME or EXPLICIT")
    }
  }

  /// Returns the index of the first element under the kernel at a position; negative in the padding.
  func start(_ position: Int) -> Int { position * stride - padding }
}
