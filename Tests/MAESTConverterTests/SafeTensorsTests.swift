import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct SafeTensorsTests {
  private let huggingFace = Fixtures.path("graphs/discogs-maest-5s-tiny-hf.safetensors")
  private let huggingFaceConfiguration = Fixtures.path("graphs/discogs-maest-5s-tiny-hf-config.json")

  /// The tiny model with what the PyTorch module's code says.
  private var tiny: ModelConfiguration {
    var configuration = TinyModel.configuration
    configuration.attentionScale = 1 / Float(configuration.headWidth).squareRoot()
    return configuration
  }

  @Test func huggingFaceConvertsLikeTheGraph() throws {
    let found = try SourceReader.model(at: huggingFace)
    let flat = try SourceReader.model(at: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"))
    #expect(found.configuration == flat.configuration)
    #expect(found.labels?.count == 400)
    #expect(found.labels?.last == "Stage & Screen---Theme")
    #expect(found.notices == [])
    #expect(found.unusedConstants == [])
    #expect(found.outputs["layer_06_embeddings"] == .layer(7))
    #expect(found.outputs.count == 14)
    try expectSameParameters(found, flat)
  }

  @Test func theOlderNamesOfHuggingFaceConvertAlike() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try FileManager.default.copyItem(atPath: huggingFaceConfiguration, toPath: folder + "/config.json")
      try Self.renamed(huggingFace, Self.olderName).write(to: URL(filePath: path))
      let (found, newer) = (try SourceReader.model(at: path), try SourceReader.model(at: huggingFace))
      #expect(found.configuration == newer.configuration)
      try expectSameParameters(found, newer)
      #expect(
        try SourceReader.files(of: path).map { URL(filePath: $0).lastPathComponent } == [
          "model.safetensors", "config.json",
        ])
    }
  }

  @Test(arguments: [SafeTensorsElementType.float32, .float16, .brainFloat16, .float64])
  func pyTorchNamesConvert(type: SafeTensorsElementType) throws {
    try withTemporaryFolder { folder in
      let (path, source) = (folder + "/model.safetensors", PyTorchModel(tiny, type: type, seed: 7))
      try writeSafeTensors(source.tensors, to: path)
      let found = try SourceReader.model(at: path, options: .init(headCount: 2))
      #expect(found.configuration == tiny)
      let numbers = try found.numbers()
      #expect(Set(numbers.keys) == Set(source.expected.keys))
      for (name, expected) in source.expected { expectIdentical(numbers[name] ?? [], expected, name) }
    }
  }

  @Test func aPrefixBeforeEveryNameIsNoMatter() throws {
    try withTemporaryFolder { folder in
      let (path, source) = (folder + "/model.safetensors", PyTorchModel(tiny, type: .float32, seed: 8))
      var tensors = Dictionary(uniqueKeysWithValues: source.tensors.map { ("net." + $0.key, $0.value) })
      tensors["net.head_dist.bias"] = NamedArray(shape: [1], elements: [1])
      try writeSafeTensors(tensors, to: path)
      let found = try SourceReader.model(at: path, options: .init(headCount: 2))
      #expect(found.unusedConstants == ["net.head_dist.bias"])
      expectIdentical(
        try found.numbers()["head.dense.bias"] ?? [], source.expected["head.dense.bias"] ?? [], "bias")
    }
  }

  @Test func headsOf64AreTakenWithANotice() throws {
    var configuration = tiny
    (configuration.embeddingWidth, configuration.headCount, configuration.headWidth) = (128, 2, 64)
    configuration.attentionScale = 0.125
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try writeSafeTensors(PyTorchModel(configuration, type: .float32, seed: 9).tensors, to: path)
      let found = try SourceReader.model(at: path)
      #expect(found.configuration == configuration)
      #expect(found.notices.contains { $0.contains("2 of 64") })
    }
  }

  @Test func aFileWithoutClassifierGivesEmbeddingsOnly() throws {
    try withTemporaryFolder { folder in
      let (path, source) = (folder + "/model.safetensors", PyTorchModel(tiny, type: .float32, seed: 10))
      try writeSafeTensors(source.tensors.filter { !$0.key.hasPrefix("head.") }, to: path)
      let found = try SourceReader.model(at: path, options: .init(headCount: 2))
      #expect(found.configuration.head == nil)
      #expect(
        found.outputs.keys.sorted() == ["layer_00_embeddings", "layer_01_embeddings", "layer_02_embeddings"])
      #expect(found.unusedConstants == ["norm.bias", "norm.weight"])
    }
  }

  /// The file at `path` with other names for its tensors.
  private static func renamed(_ path: String, _ rename: (String) -> String) throws -> Data {
    let data = try Data(contentsOf: URL(filePath: path))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: Any] ?? [:]
    let names = Dictionary(uniqueKeysWithValues: header.map { (rename($0.key), $0.value) })
    let json = try JSONSerialization.data(withJSONObject: names, options: .sortedKeys)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data[(8 + length)...]
  }

  /// The name that a tensor has in files of transformers 4.
  private static func olderName(_ name: String) -> String {
    let changes = [
      (".layers.", ".encoder.layer."), ("attention.q_proj", "attention.attention.query"),
      ("attention.k_proj", "attention.attention.key"), ("attention.v_proj", "attention.attention.value"),
      ("attention.o_proj", "attention.output.dense"), ("mlp.fc1", "intermediate.dense"),
      ("mlp.fc2", "output.dense"),
    ]
    return changes.reduce(name) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
