import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct SavedModelTests {
  private let folder = Fixtures.path("graphs/maest-module-savedmodel")

  @Test func variablesConvertLikeTheirFrozenForm() throws {
    let found = try SourceReader.model(at: folder)
    let frozen = try SourceReader.model(at: Fixtures.path("graphs/maest-module-frozen.pb"))
    #expect(found.configuration == frozen.configuration)
    #expect(found.configuration.head?.normEpsilon == 1e-5)
    #expect(found.format == "TensorFlow SavedModel")
    try expectSameParameters(found, frozen)
  }

  @Test func outputsAreInTheSignaturesAlphabeticalOrder() throws {
    let model = try SourceReader.model(at: folder)
    #expect(
      model.outputs == [
        "StatefulPartitionedCall:0": .activations, "StatefulPartitionedCall:1": .layer(1),
        "StatefulPartitionedCall:2": .layer(2), "StatefulPartitionedCall:3": .logits,
      ])
    #expect(model.inputName == "serving_default_melspectrogram")
  }

  /// The graph of style v1 is that of a SavedModel without variables.
  @Test func constantsConvertLikeTheFlatGraph() throws {
    try withTemporaryFolder { folder in
      try writeConstantModel(to: folder)
      let found = try SourceReader.model(at: folder)
      let flat = try SourceReader.model(at: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"))
      #expect(found.configuration == flat.configuration)
      #expect(found.outputs["StatefulPartitionedCall:7"] == .layer(5))
      try expectSameParameters(found, flat)
    }
  }

  @Test func thePathOfTheGraphInsideStandsForTheFolder() throws {
    let byFolder = try SourceReader.model(at: folder)
    let byFile = try SourceReader.model(at: folder + "/saved_model.pb")
    #expect(byFile.digest == byFolder.digest)
    #expect(byFile.configuration == byFolder.configuration)
  }

  @Test func theDigestCoversTheVariables() throws {
    try withTemporaryFolder { temporary in
      let copy = temporary + "/model"
      try FileManager.default.copyItem(atPath: folder, toPath: copy)
      let before = try SourceReader.model(at: copy).digest
      try edit(copy + "/variables/variables.data-00000-of-00001") { $0.append(0) }
      #expect(try SourceReader.model(at: copy).digest != before)
      #expect(
        try SourceReader.files(of: copy).map { URL(filePath: $0).lastPathComponent }
          == ["saved_model.pb", "variables.data-00000-of-00001", "variables.index"])
    }
  }

  /// Without its restore operations the graph's variables are found by name; names that two variables share
  /// in the object graph tell nothing.
  @Test func variablesWithoutRestoreOperationsGoByName() throws {
    try withTemporaryFolder { temporary in
      let copy = temporary + "/model"
      try FileManager.default.copyItem(atPath: folder, toPath: copy)
      try edit(copy + "/saved_model.pb") { data in
        var model = try TensorFlowSavedModel(serializedBytes: data)
        var graph = try TensorFlowGraphDef(serializedBytes: model.metaGraphs[0].graphDef)
        graph.node.removeAll { $0.name == "StatefulPartitionedCall_2" }
        model.metaGraphs[0].graphDef = graph.serializedBytes
        data = model.serializedBytes
      }
      #expect {
        try SourceReader.model(at: copy)
      } throws: { error in
        guard case .missingVariable(let name, _) = error as? ConversionError else { return false }
        return !["kernel", "position"].contains(name)
      }
    }
  }

  private func writeConstantModel(to folder: String) throws {
    var graph = TensorFlowMetaGraphDef()
    graph.metaInfoDef.tags = ["serve"]
    graph.graphDef = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")))
    var signature = TensorFlowSignatureDef()
    let layers = (0..<12).map { "layer_\($0)_tokens" }
    for (index, name) in (layers + ["activations", "logits"]).sorted().enumerated() {
      signature.outputs[name] = TensorFlowTensorInfo.with { $0.name = "StatefulPartitionedCall:\(index)" }
    }
    graph.signatureDef["serving_default"] = signature
    var model = TensorFlowSavedModel()
    model.metaGraphs = [graph]
    try model.serializedBytes.write(to: URL(filePath: folder + "/saved_model.pb"))
  }
}
