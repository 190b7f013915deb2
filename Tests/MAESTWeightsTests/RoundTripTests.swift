import Foundation
import MAESTFiles
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// What is written comes back as it was.
@Suite struct RoundTripTests {
  static let configurations = [TinyModel.configuration, Models.odd, Models.smallest, Models.headless]

  @Test(arguments: configurations)
  func theDescriptionAndEveryParameterComeBack(configuration: ModelConfiguration) throws {
    try withTemporaryFolder { folder in
      let written = try TinyModel.write(to: folder + "/model", configuration)
      let file = try WeightFile(path: folder + "/model")
      #expect(file.description == TinyModel.description(configuration))
      for parameter in configuration.parameters {
        expectIdentical(
          file.elements(of: parameter), try #require(written[parameter.name]), parameter.name)
      }
    }
  }

  @Test func awkwardTextsAndNumbersComeBack() throws {
    try withTemporaryFolder { folder in
      let description = Models.awkwardDescription
      try Self.write(description, to: folder + "/model")
      let found = try WeightFile(path: folder + "/model").description
      #expect(found == description)
      // Strings are equal when they look the same; here the bytes have to be.
      #expect(found.labels.map { Array($0.utf8) } == description.labels.map { Array($0.utf8) })
    }
  }

  @Test func everyBitOfANumberComesBack() throws {
    let special: [Float] = [
      -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude,
      Float(bitPattern: 0x7fc1_2345), Float(bitPattern: 0xff80_0001),
    ]
    try withTemporaryFolder { folder in
      var parameters = TinyModel.parameters()
      let name = ParameterName.classToken
      parameters[name] = (0..<24).map { special[$0 % special.count] }
      try Self.write(TinyModel.description(), parameters: parameters, to: folder + "/model")
      let found = try WeightFile(path: folder + "/model").vector(name).elements()
      expectIdentical(found, try #require(parameters[name]))
    }
  }

  @Test func theSameInputGivesTheSameBytes() throws {
    try withTemporaryFolder { folder in
      // The second description's dictionary is filled in another order.
      let description = Models.awkwardDescription
      var twin = description
      twin.outputs = [:]
      for (name, role) in description.outputs.sorted(by: { $0.key > $1.key }) { twin.outputs[name] = role }
      try Self.write(description, to: folder + "/first")
      try Self.write(twin, to: folder + "/second")
      let first = try Data(contentsOf: URL(filePath: folder + "/first"))
      #expect(try Data(contentsOf: URL(filePath: folder + "/second")) == first)
    }
  }

  @Test func aSourceThatFailsLeavesNothingBehind() throws {
    struct SourceError: Error {}
    try withTemporaryFolder { folder in
      try Data("old".utf8).write(to: URL(filePath: folder + "/model"))
      let sources = TinyModel.configuration.parameters.map { parameter in
        TensorSource(name: parameter.name, shape: parameter.shape) {
          guard parameter.name != ParameterName.finalNorm + ".bias" else { throw SourceError() }
          return Data(count: parameter.shape.reduce(4, *))
        }
      }
      #expect(throws: SourceError.self) {
        try WeightFile.write(TinyModel.description(), parameters: sources, to: folder + "/model")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model"])
      #expect(try Data(contentsOf: URL(filePath: folder + "/model")) == Data("old".utf8))
    }
  }

  /// Writes a weight file of a description.
  static func write(
    _ description: ModelDescription, parameters: [String: [Float]] = TinyModel.parameters(), to path: String
  ) throws {
    let sources = description.configuration.parameters.map { parameter in
      TensorSource(name: parameter.name, shape: parameter.shape) {
        try #require(parameters[parameter.name]).withUnsafeBytes { Data($0) }
      }
    }
    try WeightFile.write(description, parameters: sources, to: path)
  }
}
