import Foundation
import MAESTConverter
import MAESTFiles
import MAESTTestSupport
import MAESTWeights
import Testing

/// Both styles of graph, as they are exported, and with everything changed that has no meaning.
@Suite struct FixtureConversionTests {
  @Test func bothStylesGiveTheSameNumbers() throws {
    expectSame(try FixtureGraph.version1.converted, try FixtureGraph.version2.converted)
  }

  @Test func theNumbersAreThoseOfTheGraph() throws {
    let graph = try EditableGraph()
    let converted = try FixtureGraph.version2.converted
    let block = EditableGraph.block(3)
    let matrix = try graph.constant(behind: "Func/PartitionedCall/input/_40")
    #expect(try graph.node(block + "attention/q_proj/MatMul").input[1] == "Func/PartitionedCall/input/_40")
    expectIdentical(converted.tensors["blocks.2.attention.query.weight"] ?? [], matrix.floats)
    // The head's matrix stands transposed in the graph.
    let head = try graph.constant(behind: "Func/PartitionedCall/input/_202")
    #expect(head.shape == [400, 48])
    let weight = try #require(converted.tensors["head.dense.weight"])
    let elements = head.floats
    let transposed = (0..<48).flatMap { row in (0..<400).map { elements[48 * $0 + row] } }
    expectIdentical(weight, transposed)
    #expect(Set(weight).count > 1000, "the weights differ from each other")
  }

  @Test(arguments: FixtureGraph.allCases)
  func configuration(graph: FixtureGraph) throws {
    let expected = ModelConfiguration(
      frameCount: 316, bandCount: 96,
      convolution: ConvolutionGeometry(kernelBands: 16, kernelFrames: 16, bandStride: 10, frameStride: 10),
      embeddingWidth: 48, blockCount: 12, headCount: 3, headWidth: 16, attentionScale: 0.25,
      feedForwardWidth: 96, blockNormEpsilon: 1e-6,
      head: HeadConfiguration(labelCount: 400, finalNormEpsilon: 1e-6, normEpsilon: 1e-6))
    let converted = try graph.converted
    #expect(converted.configuration == expected)
    #expect(converted.report.weightCount == expected.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) })
    #expect(converted.report.weightCount == converted.tensors.values.reduce(0) { $0 + $1.count })
  }

  @Test func provenance() throws {
    let path = FixtureGraph.version1.path
    try withTemporaryFolder { folder in
      let converted = try Conversion.convert(graphAt: path, to: folder + "/out.safetensors")
      let provenance = converted.report.description.provenance
      #expect(provenance.sourceName == "discogs-maest-5s-tiny-1.pb")
      #expect(
        provenance.sourceSHA256
          == (try Data(contentsOf: URL(filePath: path))).withUnsafeBytes { SHA256Digest.hash($0) })
      #expect(provenance.sourceFormat == "TensorFlow frozen graph")
      #expect(provenance.converterVersion == GraphConverter.version)
      #expect(converted.report.description.normalization == .discogs)
    }
    #expect(try FixtureGraph.version1.converted.report.inputName == "serving_default_melspectrogram")
    #expect(try FixtureGraph.version2.converted.report.inputName == "melspectrogram")
  }

  @Test func outputsOfVersion1() throws {
    let order = [1, 11, 12] + Array(2...10)
    var expected: [String: OutputRole] = [:]
    for (index, layer) in order.enumerated() {
      expected["StatefulPartitionedCall:\(index + 1)"] = .layer(layer)
    }
    expected["StatefulPartitionedCall:0"] = .activations
    expected["StatefulPartitionedCall:13"] = .logits
    let outputs = try FixtureGraph.version1.converted.outputs
    #expect(outputs == expected)
    #expect(outputs["StatefulPartitionedCall:7"] == .layer(5))
  }

  @Test func outputsOfVersion2() throws {
    var expected: [String: OutputRole] = [
      "PartitionedCall/Identity": .logits, "PartitionedCall/Identity_13": .activations,
      // The outer names follow the alphabetical order of the exporter's names.
      "Identity": .activations, "Identity_13": .logits,
    ]
    for layer in 1...12 {
      expected["PartitionedCall/Identity_\(layer)"] = .layer(layer)
      expected["Identity_\(layer)"] = .layer(layer)
    }
    let outputs = try FixtureGraph.version2.converted.outputs
    let named = outputs.filter { $0.key.contains("Identity") }
    #expect(named == expected)
    #expect(outputs[EditableGraph.block(7) + "Add_1"] == .layer(7))
    #expect(outputs[EditableGraph.block(7) + "Add"] == nil, "the middle of a block is no layer")
  }

  @Test(arguments: FixtureGraph.allCases)
  func theSameInputGivesTheSameBytes(graph: FixtureGraph) throws {
    let again = try Conversion.convert(graph.definition)
    #expect(again.bytes == (try graph.converted.bytes))
  }

  @Test(arguments: FixtureGraph.allCases)
  func theOrderOfTheFileMeansNothing(graph: FixtureGraph) throws {
    var random = SeededRandom(seed: 7)
    var definition = try graph.definition
    definition.node.shuffle(using: &random)
    definition.library.function.shuffle(using: &random)
    for index in definition.library.function.indices {
      definition.library.function[index].nodeDef.shuffle(using: &random)
    }
    let converted = try Conversion.convert(definition)
    expectSame(converted, try graph.converted)
    #expect(converted.outputs == (try graph.converted.outputs))
    definition.node.reverse()
    expectSame(try Conversion.convert(definition), try graph.converted)
  }

  @Test(arguments: FixtureGraph.allCases)
  func namesMeanNothing(graph: FixtureGraph) throws {
    let original = try graph.definition
    let renamed = Renaming.renamed(original)
    #expect(Set(renamed.node.map(\.name)).isDisjoint(with: original.node.map(\.name)))
    let converted = try Conversion.convert(renamed)
    expectSame(converted, try graph.converted)
    #expect(
      converted.outputs.values.map(\.description).sorted()
        == (try graph.converted.outputs.values.map(\.description).sorted()))
  }

  @Test(arguments: FixtureGraph.allCases)
  func unusedConstants(graph: FixtureGraph) throws {
    let unused = try graph.converted.report.unusedConstants
    #expect(unused == unused.sorted() && Set(unused).count == unused.count)
    #expect(unused.contains { $0.hasSuffix("Assert/data_0") }, "the texts of assertions")
    if graph == .version1 { #expect(unused.contains("Const_203"), "the saver's constant") }
    // No weight is among them: the graph's other floats are single numbers.
    var editable = EditableGraph(definition: try graph.definition)
    let weights = editable.weights
    #expect(weights.count > 200)
    #expect(Set(weights).isDisjoint(with: unused))
    for function in editable.definition.library.function {
      editable.definition.node = function.nodeDef
      #expect(editable.weights.isEmpty, "a function holds weights: its calls have to be looked at as well")
    }
  }

  @Test func aGraphWithoutAssertionsHasNoUnusedConstants() throws {
    var graph = try EditableGraph()
    graph.keepOnly(outputs: ["PartitionedCall/Identity"])
    let removed = Set(try EditableGraph.version2.get().node.map(\.name)).subtracting(
      graph.definition.node.map(\.name))
    #expect(removed.count > 50)
    let converted = try Conversion.convert(graph.definition)
    expectSame(converted, try FixtureGraph.version2.converted)
    #expect(converted.report.unusedConstants == [])
  }
}
