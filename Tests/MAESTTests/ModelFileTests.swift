import Foundation
import Logging
import MAEST
import MAESTConverter
import MAESTDemoWeights
import MAESTHub
import MAESTTestSupport
import Testing

/// Finding, converting and caching models.
@Suite struct ModelFileTests {
  @Test func theNameGivenWins() throws {
    let locator = ModelLocator(
      logger: .silent, environment: ["MAEST_MODEL": "other"], modelFolder: URL(filePath: "/nowhere"),
      demoGraphPath: "demo")
    #expect(try locator.path(named: "mine.safetensors") == "mine.safetensors")
    #expect(try locator.path(named: nil) == "other")
  }

  @Test func theOnlyModelOfTheFolderIsTaken() throws {
    try withTemporaryFolder { folder in
      let locator = ModelLocator(
        logger: .silent, environment: [:], modelFolder: URL(filePath: folder), demoGraphPath: "demo")
      #expect(try locator.path(named: nil) == "demo")
      try TinyModel.write(to: folder + "/a.safetensors")
      #expect(try locator.path(named: nil) == folder + "/a.safetensors")
      try TinyModel.write(to: folder + "/b.safetensors")
      #expect(
        throws: ModelError.ambiguousModel(folder: folder, names: ["a.safetensors", "b.safetensors"])
      ) { try locator.path(named: nil) }
    }
  }

  @Test func withoutAnyModelTheErrorSaysWhatToDo() throws {
    let locator = ModelLocator(
      logger: .silent, environment: [:], modelFolder: URL(filePath: "/nowhere"), demoGraphPath: nil)
    #expect(throws: ModelError.noModel(folder: "/nowhere")) { try locator.path(named: nil) }
  }

  @Test func theBundledDemoModelIsThere() throws {
    let path = try #require(DemoWeights.graphPath)
    try withTemporaryFolder { folder in
      let report = try GraphConverter.convert(graphAt: path, to: folder + "/demo.safetensors")
      #expect(report.notices.isEmpty, "the demo model has its labels beside it")
      let model = try MAESTModel(path: folder + "/demo.safetensors")
      #expect(try model.analyze(fileAt: ReferenceModel.monoPath).topTags(3).count == 3)
    }
  }

  @Test func aGraphIsConvertedOnce() throws {
    try withTemporaryFolder { folder in
      let cache = ConversionCache(folder: URL(filePath: folder + "/cache"), logger: .silent)
      let graph = folder + "/graph.pb"
      try FileManager.default.copyItem(atPath: ReferenceModel.version2.graphPath, toPath: graph)
      let first = try cache.weights(ofGraphAt: graph).tensors.path
      let made = try FileManager.default.attributesOfItem(atPath: first)[.modificationDate] as? Date
      #expect(try cache.weights(ofGraphAt: graph).tensors.path == first)
      #expect(try FileManager.default.attributesOfItem(atPath: first)[.modificationDate] as? Date == made)
      // Other labels beside the graph make another weight file.
      let labels = try WeightFile(path: first).description.labels.map { "my \($0)" }
      try JSONEncoder().encode(["classes": labels]).write(to: URL(filePath: folder + "/graph.json"))
      let second = try cache.weights(ofGraphAt: graph).tensors.path
      #expect(second != first)
      #expect(try WeightFile(path: second).description.labels == labels)
    }
  }

  @Test func wrongFiles() throws {
    #expect(throws: ModelError.missingFile(path: "/nowhere.safetensors")) {
      try MAESTModel(path: "/nowhere.safetensors")
    }
    #expect(throws: ModelError.unknownFileType(path: ReferenceModel.monoPath)) {
      try MAESTModel(path: ReferenceModel.monoPath)
    }
    try withTemporaryFolder { folder in
      let path = folder + "/cut.safetensors"
      try TinyModel.write(to: path)
      let bytes = try Data(contentsOf: URL(filePath: path))
      try bytes.dropLast(1).write(to: URL(filePath: path))
      #expect(throws: WeightError.self) { try MAESTModel(path: path) }
    }
  }

  @Test func numPyFilesReadBack() throws {
    try withTemporaryFolder { folder in
      for shape in [[5], [2, 3], [2, 3, 4], [0, 7]] {
        let elements = (0..<shape.reduce(1, *)).map { Float($0) / 7 }
        try NumPyWriter.write(Tensor(shape: shape, elements: elements), to: folder + "/x.npy")
        let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
        #expect(array.shape == shape)
        expectIdentical(array.elements, elements)
      }
    }
  }
}
