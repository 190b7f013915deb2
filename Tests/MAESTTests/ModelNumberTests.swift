import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Weights and numbers at the ends of what a file may have.
@Suite struct ModelNumberTests {
  private static let precisions: [EngineOptions.Precision] = [.exact, .high, .bf16, .int16]

  private func tokens(
    _ configuration: ModelConfiguration, _ precision: EngineOptions.Precision,
    backend: EngineOptions.Backend = .automatic, times factor: (String) -> Float = { _ in 1 }
  ) throws -> Analysis {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/model.safetensors", configuration, times: factor)
      let options = EngineOptions(
        threadCount: 2, backend: backend, precision: precision, allowsEmulation: true)
      let model = try MAESTModel(path: folder + "/model.safetensors", options: options)
      let samples = (0..<16000).map { Float($0 % 97) / 97 - 0.5 }
      var request = AnalysisRequest.tags
      request.taps.insert(.blockOutput(layer: 3))
      request.taps.insert(.attentionWeights(layer: 2))
      return try model.analyze(AudioSignal(samples: samples, sampleRate: model.sampleRate), request)
    }
  }

  /// Scales and epsilons at which kernels stopped the program, or would have.
  @Test(arguments: precisions)
  func theEndsOfTheRangesCanBeComputed(precision: EngineOptions.Precision) throws {
    for (scale, epsilon) in [(1e-12, 1e-30), (1e12, 1e-30), (1e-12, 1e6), (1e12, 1e6)] as [(Float, Float)] {
      var configuration = TinyModel.configuration
      configuration.attentionScale = scale
      configuration.blockNormEpsilon = epsilon
      configuration.head = HeadConfiguration(labelCount: 5, finalNormEpsilon: epsilon, normEpsilon: epsilon)
      for backend in precision == .exact ? [.automatic, .reference] : [EngineOptions.Backend.automatic] {
        #expect(
          try !tokens(configuration, precision, backend: backend).patches.isEmpty, "\(scale) \(epsilon)")
      }
    }
  }

  /// The shorter a patch, the more of them share packed weights.
  @Test func thePatchesOfAPassFollowFromTheirTokens() throws {
    #expect(try ReferenceModel.version2.load().patchesTogether == 3370 / 281)
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/model.safetensors")
      #expect(try MAESTModel(path: folder + "/model.safetensors").patchesTogether == 12)
    }
  }

  /// They gave NaN for every label.
  @Test(arguments: [.nan, .infinity, 1e30] as [Float], precisions)
  func weightsThatAreNotFiniteAreAnError(factor: Float, precision: EngineOptions.Precision) throws {
    for name in ["blocks.1.feedForward.expansion.weight", "positionEmbedding"] {
      let isMeant = { (other: String) -> Float in
        other == name ? factor : factor == 1e30 && other.hasSuffix("contraction.weight") ? factor : 1
      }
      do {
        _ = try tokens(TinyModel.configuration, precision, times: isMeant)
        #expect(factor == 1e30, "\(name) times \(factor) passes")
      } catch ModelError.notFinite {}
    }
  }
}
