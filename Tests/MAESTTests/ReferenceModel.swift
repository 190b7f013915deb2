import Foundation
import MAEST
import MAESTConverter
import MAESTTestSupport

/// The small reference graphs, converted once for all tests.
enum ReferenceModel: String, CaseIterable {
  case version1 = "discogs-maest-5s-tiny-1"
  case version2 = "discogs-maest-5s-tiny-2"

  var graphPath: String { Fixtures.path("graphs/\(rawValue).pb") }

  /// Loads the converted graph.
  func load(
    threads: Int = 2, backend: EngineOptions.Backend = .automatic, precision: EngineOptions.Precision = .exact
  ) throws -> MAESTModel {
    let options = EngineOptions(
      threadCount: threads, backend: backend, precision: precision, allowsEmulation: true)
    return try MAESTModel(path: Self.weights[self]?.get() ?? "", options: options)
  }

  private static let weights: [ReferenceModel: Result<String, any Error>] = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("maest-\(UUID().uuidString)")
    return Dictionary(
      uniqueKeysWithValues: allCases.map { model in
        let target = folder.appendingPathComponent("\(model.rawValue).safetensors").path
        return (
          model,
          Result {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            _ = try GraphConverter.convert(graphAt: model.graphPath, to: target)
            return target
          }
        )
      })
  }()

  /// Essentia's output of the first graph, by what it is: the exporter numbers outputs alphabetically.
  static func expected(_ role: OutputRole) throws -> NumPyArray {
    let alphabetical: [OutputRole] =
      [.activations, .layer(1), .layer(11), .layer(12)] + (2...10).map(OutputRole.layer) + [.logits]
    let number = alphabetical.firstIndex(of: role) ?? -1
    return try NumPyArray(
      contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_\(number).npy"))
  }

  static let everything: Set<Tap> = Set((1...12).map { .blockOutput(layer: $0) } + [.logits])
  static let monoPath = Fixtures.path("audio/mono-16k.wav")
  static let shortPath = Fixtures.path("audio/short-16k.wav")
  static let stereoPath = Fixtures.path("audio/stereo-44k1.wav")
}
