import Foundation
import MAESTConverter
import MAESTGraphWriter

extension ONNXTensorProto {
  static func integers(_ values: [Int64], shape: [Int64]? = nil) -> ONNXTensorProto {
    .with {
      $0.dataType = .int64
      $0.dims = shape ?? [Int64(values.count)]
      $0.int64Data = values
    }
  }

  static func floats(_ values: [Float], shape: [Int64]? = nil) -> ONNXTensorProto {
    .with {
      $0.dataType = .float
      $0.dims = shape ?? [Int64(values.count)]
      $0.floatData = values
    }
  }

  static func booleans(_ values: [Bool]) -> ONNXTensorProto {
    .with {
      $0.dataType = .bool
      $0.dims = [Int64(values.count)]
      $0.rawData = Data(values.map { $0 ? 1 : 0 })
    }
  }

  /// 0, 1, 2 and so on.
  static func counting(_ shape: [Int64]) -> ONNXTensorProto {
    .integers(Array(0..<shape.reduce(1, *)), shape: shape)
  }
}

extension ONNXAttributeProto {
  static func integer(_ name: String, _ value: Int64) -> ONNXAttributeProto {
    .with { ($0.name, $0.i) = (name, value) }
  }

  static func integers(_ name: String, _ values: [Int64]) -> ONNXAttributeProto {
    .with { ($0.name, $0.ints) = (name, values) }
  }

  static func float(_ name: String, _ value: Float) -> ONNXAttributeProto {
    .with { ($0.name, $0.f) = (name, value) }
  }

  static func tensor(_ name: String, _ value: ONNXTensorProto) -> ONNXAttributeProto {
    .with { ($0.name, $0.t) = (name, value) }
  }
}

extension ONNXNodeProto {
  init(_ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [ONNXAttributeProto] = []) {
    self.init()
    (opType, input, output, attribute) = (type, inputs, outputs, attributes)
  }
}

extension ONNXModelProto {
  /// A model of `nodes` over initializers `tensors`; its outputs are `outputs`.
  init(
    _ nodes: [ONNXNodeProto], tensors: [String: ONNXTensorProto] = [:], outputs: [String], version: Int64 = 13
  ) {
    self.init()
    opsetImport = [.with { $0.version = version }]
    graph.node = nodes
    graph.initializer = tensors.sorted { $0.key < $1.key }.map { name, tensor in
      var tensor = tensor
      tensor.name = name
      return tensor
    }
    graph.output = outputs.map { name in .with { $0.name = name } }
  }

  /// The outputs that do not depend on inputs.
  func constantOutputs() throws -> [String: (shape: [Int], numbers: [Double])] {
    try ONNXReader.constantOutputs(serializedBytes)
  }
}

/// Rewrites of exported graphs into operators of later versions.
extension ONNXGraphProto {
  /// Puts one `LayerNormalization` in place of each spelled-out LayerNorm. The nodes of one share a path.
  mutating func fuseLayerNorms() {
    let paths = node.filter { $0.name.contains("layernorm") && $0.name.hasSuffix("/Sqrt") }.map {
      $0.name.dropLast(5)
    }
    for path in paths {
      let parts = Dictionary(
        node.filter { $0.name.hasPrefix(path + "/") }.map { (String($0.name.dropFirst(path.count + 1)), $0) },
        uniquingKeysWith: { first, _ in first })
      guard let centered = parts["Sub"], let scaled = parts["Mul"], let shifted = parts["Add_1"],
        let constant = parts["Constant_1"]?.attribute.first?.t
      else { continue }
      let epsilon = constant.rawData.withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
      let fused = ONNXNodeProto(
        "LayerNormalization", [centered.input[0], scaled.input[1], shifted.input[1]], shifted.output,
        [.integer("axis", -1), .float("epsilon", epsilon)])
      replace(path: String(path), with: fused)
    }
  }

  /// Puts one `Gelu` in place of each spelled-out GELU.
  mutating func fuseGELUs() {
    for path in node.filter({ $0.opType == "Erf" }).map({ String($0.name.dropLast(4)) }) {
      guard let quotient = node.first(where: { $0.name == path + "/Div" }),
        let product = node.first(where: { $0.name == path + "/Mul_1" })
      else { continue }
      replace(path: path, with: ONNXNodeProto("Gelu", [quotient.input[0]], product.output))
    }
  }

  /// Gives axes as inputs instead of attributes, as operators do from versions 13 and 18 on.
  mutating func giveAxesAsInputs() {
    for index in node.indices where ["Unsqueeze", "ReduceMean"].contains(node[index].opType) {
      guard let axes = node[index].attribute.first(where: { $0.name == "axes" }) else { continue }
      var tensor = ONNXTensorProto.integers(axes.ints)
      tensor.name = "axes of \(node[index].name)"
      initializer.append(tensor)
      node[index].input.append(tensor.name)
      node[index].attribute.removeAll { $0.name == "axes" }
    }
  }

  private mutating func replace(path: String, with fused: ONNXNodeProto) {
    guard let first = node.firstIndex(where: { $0.name.hasPrefix(path + "/") }) else { return }
    node.removeAll { $0.name.hasPrefix(path + "/") }
    node.insert(fused, at: first)
  }
}
