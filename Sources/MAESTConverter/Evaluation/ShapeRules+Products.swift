extension ShapeRules {
  /// Matrix products, contractions and convolutions.
  static let products: [String: Rule] = [
    "MatMul": { (inputs) throws(ConversionError) in
      productShape(inputs, transposed: ("transpose_a", "transpose_b"))
    },
    "BatchMatMul": batchProductShape, "BatchMatMulV2": batchProductShape, "BatchMatMulV3": batchProductShape,
    "Einsum": { (inputs) throws(ConversionError) in
      guard inputs.node.inputs.count == 2, let left = inputs.shape(0), let right = inputs.shape(1) else {
        return nil
      }
      return try Contraction.shape(inputs.node, left, right)
    },
    // Only convolutions without padding and dilation, as in MAEST. Other ones get no shape, so that errors name them.
    "Conv2D": { (inputs) throws(ConversionError) in
      guard let data = inputs.shape(0), let kernel = inputs.shape(1), data.count == 4, kernel.count == 4
      else {
        return nil
      }
      let format = inputs.node.attributes["data_format"]?.string ?? "NHWC"
      guard ["NHWC", "NCHW"].contains(format), inputs.node.attributes["padding"]?.string == "VALID",
        inputs.node.attributes["dilations"]?.integers?.allSatisfy({ $0 == 1 }) ?? true
      else { return nil }
      let isChannelsFirst = format == "NCHW"
      let first = isChannelsFirst ? 2 : 1
      let rows = try ConvolutionAxis(inputs.node, first, size: data[first], kernel: kernel[0]).count
      let columns = try ConvolutionAxis(inputs.node, first + 1, size: data[first + 1], kernel: kernel[1])
        .count
      guard data[isChannelsFirst ? 1 : 3] == kernel[2], rows > 0, columns > 0 else { return nil }
      return isChannelsFirst
        ? [data[0], kernel[3], rows, columns] : [data[0], rows, columns, kernel[3]]
    },
  ]

  private static let batchProductShape: Rule = { (inputs) throws(ConversionError) in
    productShape(inputs, transposed: ("adj_x", "adj_y"))
  }

  private static func productShape(
    _ inputs: ShapeInputs, transposed: (left: String, right: String)
  ) -> [Int]? {
    guard let left = inputs.shape(0), let right = inputs.shape(1), left.count >= 2, right.count >= 2 else {
      return nil
    }
    let a = inputs.node.flag(transposed.left) ? left.suffix(2).reversed() : Array(left.suffix(2))
    let b = inputs.node.flag(transposed.right) ? right.suffix(2).reversed() : Array(right.suffix(2))
    guard a[1] == b[0], let batch = Broadcast.shape(Array(left.dropLast(2)), Array(right.dropLast(2))) else {
      return nil
    }
    return batch + [a[0], b[1]]
  }
}
