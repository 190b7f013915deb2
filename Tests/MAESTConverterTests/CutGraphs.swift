import Foundation
import MAESTConverter

/// Smaller models out of the fixtures' graph.
extension EditableGraph {
  /// Lets the head take the tokens of block `blockCount`; the later blocks lead nowhere.
  mutating func cut(blockCount: Int) throws {
    for name in ["layernorm/ReduceMean", "layernorm/Sub"] {
      try edit(Self.transformer + name) { $0.input[0] = Self.block(blockCount) + "Add_1" }
    }
  }

  /// Keeps the first labels only.
  mutating func cut(labelCount: Int) throws {
    for name in ["Func/PartitionedCall/input/_202", "Func/PartitionedCall/input/_203"] {
      try editConstant(behind: name) { tensor in
        let rest = Array(tensor.shape.dropFirst())
        let elements = tensor.floats.prefix(rest.reduce(labelCount, *))
        tensor = TensorFlowTensorProto(floats: Array(elements), shape: [labelCount] + rest)
      }
    }
  }

  private static let attributes: Set<String> = [
    "value", "shape", "SrcT", "DstT", "keep_dims", "strides", "padding", "data_format", "dilations", "adj_x",
    "adj_y", "transpose_a", "transpose_b", "begin_mask", "end_mask", "shrink_axis_mask", "axis",
    "squeeze_dims",
    "num_split", "batch_dims", "N",
  ]

  /// A graph of one block and seven labels, some ten thousand bytes: every weight is one number that fills its
  /// shape, names are short, attributes that nobody needs are not there.
  static let small = Result {
    var graph = try EditableGraph()
    try graph.cut(blockCount: 1)
    try graph.cut(labelCount: 7)
    graph.keepOnly(
      outputs: ["", "_1", "_13"].map { "PartitionedCall/Identity" + $0 })
    for (index, weight) in graph.weights.enumerated() {
      try graph.editConstant(behind: weight) { tensor in
        tensor.tensorContent = Data()
        tensor.floatVal = [Float(index + 1) / 64]
      }
    }
    for index in graph.definition.node.indices {
      graph.definition.node[index].attr = graph.definition.node[index].attr
        .filter { attributes.contains($0.key) }
    }
    return Renaming.renamed(graph.definition)
  }
}
