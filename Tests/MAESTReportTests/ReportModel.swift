import MAEST
import MAESTTestSupport

/// A small model of random weights: 3 layers, a grid of 2 by 3 tokens, windows of 36 frames.
enum ReportModel {
  static func load(_ change: (inout ModelConfiguration) -> Void = { _ in }) throws -> MAESTModel {
    var configuration = TinyModel.configuration
    change(&configuration)
    return try withTemporaryFolder { folder in
      let path = folder + "/tiny.safetensors"
      _ = try TinyModel.write(to: path, configuration)
      return try MAESTModel(path: path)
    }
  }

  static let track = Fixtures.path("audio/mono-16k.wav")

  /// The middle window's values.
  static func window(_ model: MAESTModel, _ taps: Set<Tap>) throws -> PatchAnalysis {
    let request = AnalysisRequest(taps: taps, windows: .at([0.5]))
    return try model.analyze(fileAt: track, request).patches[0]
  }
}
