import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Weights that lie in files beside the model.
@Suite struct ONNXExternalDataTests {
  private let original = Fixtures.path("graphs/discogs-maest-5s-tiny-2.onnx")

  private static func entry(_ key: String, _ value: String) -> ONNXStringStringEntryProto {
    .with { ($0.key, $0.value) = (key, value) }
  }

  /// Writes the fixture to `folder` with its weights in `location`, as exporters of PyTorch do; gives its path.
  private func write(
    to folder: String, location: String = "model.onnx.data",
    _ change: (inout ONNXTensorProto) -> Void = { _ in }
  ) throws -> String {
    var model = try ONNXModelProto(serializedBytes: Data(contentsOf: URL(filePath: original)))
    var data = Data()
    for index in model.graph.initializer.indices where !model.graph.initializer[index].rawData.isEmpty {
      let content = model.graph.initializer[index].rawData
      model.graph.initializer[index].rawData = Data()
      model.graph.initializer[index].dataLocation = .external
      model.graph.initializer[index].externalData = [
        Self.entry("location", location), Self.entry("offset", "\(data.count)"),
        Self.entry("length", "\(content.count)"),
      ]
      change(&model.graph.initializer[index])
      data += content
      // Contents begin at multiples of a page.
      data += Data(repeating: 0, count: (4096 - data.count % 4096) % 4096)
    }
    try data.write(to: URL(filePath: folder + "/" + location))
    let path = folder + "/model.onnx"
    try model.serializedBytes.write(to: URL(filePath: path))
    return path
  }

  private func expectRefusal(
    _ path: String, mentions text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(sourceLocation: sourceLocation) {
      try SourceReader.model(at: path)
    } throws: { error in
      error is ConversionError && "\(error)".contains(text)
    }
  }

  @Test func convertsLikeTheModelWithItsWeightsInside() throws {
    try withTemporaryFolder { folder in
      let path = try write(to: folder)
      let (found, whole) = (try SourceReader.model(at: path), try SourceReader.model(at: original))
      #expect(found.configuration == whole.configuration)
      try expectSameParameters(found, whole)
      let report = try GraphConverter.convert(
        graphAt: path, verifying: true, to: folder + "/out.safetensors")
      #expect(report.verification?.comparisons.isEmpty == false)
    }
  }

  /// A change of the weights is a change of the model.
  @Test func theDigestIsOfAllFiles() throws {
    try withTemporaryFolder { folder in
      let path = try write(to: folder)
      #expect(try SourceReader.files(of: path) == [path, folder + "/model.onnx.data"])
      let before = try SourceReader.model(at: path).digest
      var data = try Data(contentsOf: URL(filePath: folder + "/model.onnx.data"))
      data[100] ^= 1
      try data.write(to: URL(filePath: folder + "/model.onnx.data"))
      #expect(try SourceReader.model(at: path).digest != before)
    }
  }

  @Test func aMissingOrShortFileIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = try write(to: folder)
      let data = URL(filePath: folder + "/model.onnx.data")
      try Data(contentsOf: data).prefix(5000).write(to: data)
      expectRefusal(path, mentions: "truncated")
      try FileManager.default.removeItem(at: data)
      expectRefusal(path, mentions: "keep it beside the model")
    }
  }

  @Test(arguments: ["../secret", "/etc/hostname", "a/../../secret", "link", "folder/secret"])
  func filesOutsideOfTheFolderAreNotRead(location: String) throws {
    try withTemporaryFolder { parent in
      let folder = parent + "/model"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try Data(repeating: 1, count: 1 << 22).write(to: URL(filePath: parent + "/secret"))
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: parent + "/secret")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/folder", withDestinationPath: parent)
      let path = try write(to: folder) { $0.externalData[0].value = location }
      expectRefusal(path, mentions: "outside of the model's folder")
      #expect(throws: ConversionError.self) { try SourceReader.files(of: path) }
    }
  }

  /// As download caches lay models out: both are links to one folder of files.
  @Test func aModelThatIsALinkItself() throws {
    try withTemporaryFolder { parent in
      for name in ["files", "model"] {
        try FileManager.default.createDirectory(
          atPath: "\(parent)/\(name)", withIntermediateDirectories: false)
      }
      _ = try write(to: parent + "/files")
      for name in ["model.onnx", "model.onnx.data"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(parent)/model/\(name)", withDestinationPath: "../files/\(name)")
      }
      try expectSameParameters(
        SourceReader.model(at: parent + "/model/model.onnx"), SourceReader.model(at: original))
    }
  }

  @Test func numbersThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { folder in
      var path = try write(to: folder) { $0.externalData[1].value = "-4" }
      expectRefusal(path, mentions: "expected a number from 0 on")
      path = try write(to: folder) { $0.externalData[1].value = "\(Int.max)" }
      expectRefusal(path, mentions: "truncated")
      path = try write(to: folder) { $0.externalData[2].value = "3" }
      expectRefusal(path, mentions: "its shape and type take")
      path = try write(to: folder) { $0.externalData.removeFirst() }
      expectRefusal(path, mentions: "which is not named")
      path = try write(to: folder) { $0.dims = [.max, .max] }
      expectRefusal(path, mentions: "memory can hold")
    }
  }

  /// Without a length the contents are as long as their shape and type say; without an offset they begin the file.
  @Test func lengthAndOffsetMayBeLeftOut() throws {
    try withTemporaryFolder { folder in
      let path = try write(to: folder) { tensor in tensor.externalData.removeLast() }
      try expectSameParameters(SourceReader.model(at: path), SourceReader.model(at: original))
    }
  }
}
