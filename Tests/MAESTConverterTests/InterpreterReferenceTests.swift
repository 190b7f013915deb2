import MAESTConverter
import MAESTKernels
import MAESTTestSupport
import Testing

/// The interpreter on whole graphs, against Essentia with TensorFlow.
@Suite struct InterpreterReferenceTests {
  private static let frameCount = 316

  /// The first patch of the reference recording: the front end's bands, normalised, `[1, frame, band]`.
  private static func patch() throws -> ConstantTensor {
    let bands = try NumPyArray(contentsOfFile: Fixtures.path("expected/mel-mono-16k/bands.npy"))
    let width = try #require(bands.shape.last)
    let normalized = bands.elements.prefix(frameCount * width).map {
      Float((Double($0) - 2.06755686098554) / (2 * 1.268292820667291))
    }
    return ConstantTensor(floats: normalized, shape: [1, frameCount, width])
  }

  /// What Essentia gave for output `index` and the first patch.
  private static func expected(_ index: Int) throws -> [Float] {
    let all = try NumPyArray(
      contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_\(index).npy"))
    let patchCount = try #require(all.shape.first)
    return Array(all.elements.prefix(all.elements.count / patchCount))
  }

  /// Names of Essentia's outputs in both graphs. The first one counts the blocks from 0 and sorts them as words:
  /// activations, blocks 1, 11, 12, 2, 3 and so on, logits. The second has logits, blocks 1 to 12, activations.
  private static let styles: [(graph: String, input: String, outputs: [String])] = [
    ("1", "serving_default_melspectrogram", (0..<14).map { "StatefulPartitionedCall:\($0)" }),
    (
      "2", "melspectrogram",
      ["_13", "_1", "_11", "_12", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9", "_10", ""]
        .map { "PartitionedCall/Identity\($0)" }
    ),
  ]

  @Test(arguments: 0..<2) func reproducesEssentia(style: Int) throws {
    let (name, input, outputs) = Self.styles[style]
    let interpreter = try GraphInterpreter(
      tensorFlowGraphAt: Fixtures.path("graphs/discogs-maest-5s-tiny-\(name).pb"),
      compute: Compute(threadCount: 2))
    let found = try interpreter.run(inputs: [input: Self.patch()], outputs: outputs)
    for (index, output) in outputs.enumerated() {
      // Logits are `[1, label]`; tokens may come without the batch's axis.
      expectClose(
        found[index].floats ?? [], try Self.expected(index), relativeNorm: 1e-5, "\(output) of graph \(name)")
    }
  }

  /// Graphs written as TensorFlow modules, with constant batch or shapes that they compute, and other idioms.
  @Test(arguments: ["maest-module", "maest-module-dynamic"])
  func reproducesTensorFlowOnAModule(name: String) throws {
    let folder = Fixtures.path("expected/\(name)")
    let patch = try NumPyArray(contentsOfFile: "\(folder)/input.npy")
    let path = Fixtures.path("graphs/\(name)-frozen.pb")
    let interpreter = try GraphInterpreter(tensorFlowGraphAt: path, compute: Compute(threadCount: 2))
    let placeholder = try #require(interpreter.graph.nodes.first { $0.operation == "Placeholder" })
    let outputs = ["Identity", "Identity_1", "Identity_2", "Identity_3"]
    let found = try interpreter.run(
      inputs: [placeholder.name: ConstantTensor(floats: patch.elements, shape: patch.shape)], outputs: outputs
    )
    for (index, name) in ["activations", "layer_0_tokens", "layer_1_tokens", "logits"].enumerated() {
      let expected = try NumPyArray(contentsOfFile: "\(folder)/\(name).npy")
      #expect(found[index].shape == expected.shape)
      expectClose(found[index].floats ?? [], expected.elements, relativeNorm: 1e-5, name)
    }
  }

  @Test func filesThatAreNoGraphs() throws {
    let compute = try Compute(backend: .reference)
    #expect(throws: ConversionError.unreadable(path: "/nowhere/graph.pb", reason: "no such file")) {
      try GraphInterpreter(tensorFlowGraphAt: "/nowhere/graph.pb", compute: compute)
    }
  }
}
