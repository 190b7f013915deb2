import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes the graph of an ONNX model.
struct ONNXMutator: StructureMutator {
  private let model: ONNXModelProto

  init(_ sample: Corpus.Sample) throws {
    model = try ONNXModelProto(serializedBytes: sample.files[sample.model] ?? Data())
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var model = model
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      switch Int.random(in: 0..<10, using: &random) {
      case 0, 1: changeNode(&model.graph, &random)
      case 2: changeInputs(&model.graph, &random)
      case 3: changeAttribute(&model.graph, &random)
      case 4, 5: changeTensor(&model.graph, &random)
      case 6: grow(&model.graph, &random)
      case 7: ONNXFormChange.moveWeights(of: &model.graph, to: &sample, &random)
      case 8: ONNXFormChange.encloseNodes(of: &model, &random)
      default: changeEnvelope(&model, &random)
      }
    }
    sample.files[sample.model] = model.serializedBytes
  }

  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var model = model
    for _ in 0..<Int.random(in: 1...3, using: &random) { ONNXNumberChange.apply(&model.graph, &random) }
    sample.files[sample.model] = model.serializedBytes
  }

  private static let operators = [
    "Reshape", "Unsqueeze", "Squeeze", "Slice", "Split", "Concat", "Gather", "Expand", "ConstantOfShape",
    "Flatten",
    "Transpose", "MatMul", "Gemm", "Conv", "ReduceMean", "Softmax", "LayerNormalization", "Gelu", "Where",
    "Cast", "Pow",
    "Constant", "Shape", "Identity", "Dropout", "Erf", "Sigmoid", "Add", "Div", "Equal", "Unknown", "",
    "Attention", "IsNaN", "CastLike", "Trilu", "Range", "Tile", "Clip", "Size", "Sum", "Max", "Mod",
    "ReduceSum", "FusedMatMul", "SkipLayerNormalization", "BiasGelu",
  ]

  private func changeNode(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    guard let place = graph.node.indices.randomElement(using: &random),
      let other = graph.node.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: graph.node[place].opType = Self.operators.randomElement(using: &random) ?? ""
    case 1: graph.node[place].attribute = other.attribute
    case 2: graph.node[place].output = other.output
    case 3: graph.node[place].output += (0..<random.count(upTo: 50_000)).map { "~\($0)" }
    case 4: graph.node.remove(at: place)
    case 5: graph.node.append(other)
    case 6: graph.node[place].domain = ["other", "com.microsoft"].randomElement(using: &random) ?? ""
    default: graph.node.swapAt(place, 0)
    }
  }

  private func changeInputs(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    guard let place = graph.node.indices.randomElement(using: &random),
      let other = graph.node.randomElement(using: &random)
    else { return }
    // Its own outputs, later ones and those of initializers too.
    let names = other.output + other.input + graph.node[place].output + ["", "gone"]
    let name = names.randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<3, using: &random) {
    case 0: graph.node[place].input += Array(repeating: name, count: random.chance(8) ? 50_000 : 1)
    case 1: graph.node[place].input = Array(graph.node[place].input.dropLast())
    default:
      guard let input = graph.node[place].input.indices.randomElement(using: &random) else { return }
      graph.node[place].input[input] = name
    }
  }

  private func changeAttribute(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    let candidates = graph.node.indices.filter { !graph.node[$0].attribute.isEmpty || random.chance(4) }
    guard let place = candidates.randomElement(using: &random) else { return }
    let names = [
      "axis", "axes", "perm", "to", "start", "end", "split", "strides", "pads", "group", "epsilon", "value",
      "starts", "scale", "q_num_heads", "kv_num_heads", "is_causal", "softcap", "qk_matmul_output_mode",
      "upper", "fmod", "transA", "alpha",
    ]
    var attribute = graph.node[place].attribute.randomElement(using: &random) ?? ONNXAttributeProto()
    if attribute.name.isEmpty || random.chance(3) {
      attribute.name = names.randomElement(using: &random) ?? ""
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: attribute.i = Int64(random.integer())
    case 1: attribute.ints = random.integers().map { Int64($0) }
    case 2: attribute.f = Float(random.integer())
    default: attribute.t = tensor(&random)
    }
    graph.node[place].attribute.removeAll { $0.name == attribute.name }
    graph.node[place].attribute.append(attribute)
  }

  private func tensor(_ random: inout SeededRandom) -> ONNXTensorProto {
    let numbers = random.integers()
    return .with { tensor in
      tensor.dataType = .int64
      tensor.int64Data = numbers.map { Int64($0) }
      tensor.dims = random.chance(3) ? random.integers().map { Int64($0) } : [Int64(numbers.count)]
    }
  }

  private func changeTensor(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    guard let place = graph.initializer.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: graph.initializer[place].dims = random.integers().map { Int64($0) }
    case 1:
      graph.initializer[place].dataType =
        ONNXDataType(rawValue: Int.random(in: 0...17, using: &random))
    case 2:
      graph.initializer[place].rawData = graph.initializer[place].rawData.dropLast(
        Int.random(in: 1...9, using: &random))
    case 3: graph.initializer[place].rawData = Data()
    case 4: graph.initializer[place].dataLocation = .external
    case 5: graph.initializer.append(graph.initializer[place])
    default:
      let name = graph.initializer[place].name
      graph.initializer[place] = tensor(&random)
      graph.initializer[place].name = name
    }
  }

  /// Many nodes behind each other, in place of one input.
  private func grow(_ graph: inout ONNXGraphProto, _ random: inout SeededRandom) {
    guard
      let place = graph.node.indices.filter({ !graph.node[$0].input.isEmpty }).randomElement(using: &random)
    else { return }
    let count =
      random.chance(8)
      ? Int.random(in: 1000...40_000, using: &random) : Int.random(in: 1...300, using: &random)
    let operation =
      ["Identity", "Neg", "Erf", "Unsqueeze", "Add", "Concat", "Shape", "Expand"].randomElement(
        using: &random) ?? ""
    var name = graph.node[place].input[0]
    for index in 0..<count {
      var node = ONNXNodeProto.with { ($0.opType, $0.input, $0.output) = (operation, [name], ["~\(index)"]) }
      if ["Add", "Concat", "Expand"].contains(operation) { node.input.append(name) }
      if operation == "Unsqueeze" { node.attribute = [.with { ($0.name, $0.ints) = ("axes", [0]) }] }
      graph.node.append(node)
      name = "~\(index)"
    }
    graph.node[place].input[0] = name
  }

  private func changeEnvelope(_ model: inout ONNXModelProto, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: model.opsetImport = [.with { $0.version = Int64(random.integer()) }]
    case 1:
      model.graph.output.append(
        .with { $0.name = model.graph.node.randomElement(using: &random)?.output.first ?? "" })
    case 2: model.graph.output = []
    case 3:
      for index in model.graph.input.indices {
        let sizes = random.integers()
        model.graph.input[index].type.tensorType.shape = .with { shape in
          shape.dim = sizes.map { size in .with { $0.dimValue = Int64(size) } }
        }
      }
    default: model.graph.input += model.graph.input
    }
  }
}
