import Foundation
import MAESTConverter
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// Graphs as exporters write them today, converted, against what PyTorch gave for the same model
/// (`Tools/reference/modern_exports.py`).
@Suite struct ExportedGraphTests {
  /// The graphs of the fixtures and, where there is one, those of the folder `$MAEST_EXPORTS`.
  static let graphs: [String] = {
    let folders =
      [Fixtures.path("graphs/exported")]
      + [ProcessInfo.processInfo.environment["MAEST_EXPORTS"]].compactMap(\.self)
    return folders.flatMap { folder in
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasSuffix(".npz") }.sorted().map { "\(folder)/\($0.dropLast(4)).onnx" }
    }
  }()

  @Test func allFixturesAreThere() { #expect(Self.graphs.count >= 8) }

  @Test(arguments: graphs) func givesWhatPyTorchGave(graph: String) throws {
    try withTemporaryFolder { folder in
      let report = try GraphConverter.convert(
        graphAt: graph, verifying: true, to: folder + "/out.safetensors")
      #expect(report.verification?.comparisons.isEmpty == false)
      let weights = try WeightFile(path: folder + "/out.safetensors")
      let file = try ZipFile(contentsOfFile: String(graph.dropLast(5)) + ".npz")
      let expected = try Dictionary(
        uniqueKeysWithValues: file.entries.map { ($0.name, try NumPyArray($0.data, name: $0.name)) })
      let patch = try #require(expected["x.npy"])
      let configuration = weights.configuration
      let layers = Set(1...configuration.blockCount).filter { expected["h\($0).npy"] != nil }
      let output = AudioSpectrogramTransformer(weights)(
        Matrix(copying: patch.elements, rows: configuration.frameCount, columns: configuration.bandCount),
        taps: Set(layers.map { .blockOutput(layer: $0) }).union([.logits]),
        on: try Compute(threadCount: 2))
      let logits = try #require(expected["logits.npy"]).elements
      expectClose(output.logits?.elements ?? [], logits, maximum: 1e-5)
      expectClose(
        output.activations?.elements ?? [], try #require(expected["act.npy"]).elements, maximum: 1e-5)
      #expect(!layers.isEmpty)
      for layer in layers {
        expectClose(
          output[.blockOutput(layer: layer)]?.elements ?? [], expected["h\(layer).npy"]?.elements ?? [],
          relativeNorm: 1e-5, "layer \(layer)")
      }
    }
  }
}
