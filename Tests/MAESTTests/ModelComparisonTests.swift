import Foundation
import MAEST
import MAESTTestSupport
import Testing

/// Two models on the same audio.
@Suite struct ModelComparisonTests {
  @Test func aModelAndItself() throws {
    let model = try ReferenceModel.version2.load()
    let comparison = try ModelComparison(model, model)
    let found = try comparison.compare(fileAt: ReferenceModel.monoPath)
    #expect(found.patchCount == 2 && found.layers.count == 12 && comparison.comparesLabels)
    #expect(found.layers.allSatisfy { $0.tokenCount == 2 * 281 && $0.relativeError == 0 })
    #expect(found.logits?.relativeError == 0 && found.largestActivationDifference == 0)
    #expect(found.topAgreement == 1)
  }

  /// The plain twin of the kernels: near, not the same; a second file goes on counting.
  @Test func twoBackends() throws {
    let model = try ReferenceModel.version2.load()
    let plain = try ReferenceModel.version2.load(backend: .reference)
    let comparison = try ModelComparison(model, plain)
    var seen: [Int] = []
    let first = try comparison.compare(fileAt: ReferenceModel.monoPath) { seen.append($0.patchCount) }
    #expect(seen == [1, 2])
    let both = try comparison.compare(
      fileAt: ReferenceModel.shortPath, AnalysisRequest(taps: [], lastPatchMode: .repeat), continuing: first)
    #expect(both.patchCount == 3 && both.layers[11].tokenCount == 3 * 281)
    for layer in both.layers {
      #expect(layer.relativeError > 0 && layer.relativeError < 1e-5 && layer.lowestCosine > 0.99999)
    }
    #expect(both.topAgreement == 1 && (both.largestActivationDifference ?? 1) < 1e-5)
  }

  /// Each precision is nearer to single precision than the next, and none is it.
  @Test func twoPrecisions() throws {
    let exact = try ReferenceModel.version2.load()
    var errors: [Double] = []
    for precision in [EngineOptions.Precision.high, .int16, .bf16] {
      let model = try ReferenceModel.version2.load(precision: precision)
      #expect(model.precision == precision)
      let found = try ModelComparison(model, exact).compare(fileAt: ReferenceModel.monoPath)
      #expect(found.layers.allSatisfy { $0.relativeError > 0 && $0.lowestCosine > 0.99 })
      errors.append(found.layers[11].relativeError)
    }
    #expect(errors[0] < 1e-4 && errors[1] < 1e-3 && errors[2] < 0.1, "\(errors)")
    #expect(errors[0] < errors[1] / 4 && errors[1] < errors[2] / 4, "\(errors)")
  }

  /// The errors are those of the tokens, taken apart.
  @Test func theNumbersAreThoseOfTheTokens() throws {
    let model = try ReferenceModel.version2.load()
    let plain = try ReferenceModel.version2.load(backend: .reference)
    let found = try ModelComparison(model, plain).compare(fileAt: ReferenceModel.monoPath)
    let request = AnalysisRequest.tokens(layer: 12)
    let tokens = try model.analyze(fileAt: ReferenceModel.monoPath, request).tokens(layer: 12)
    let reference = try plain.analyze(fileAt: ReferenceModel.monoPath, request).tokens(layer: 12)
    let expected = Difference(tokens.elements, reference.elements)
    #expect(abs(found.layers[11].relativeError - expected.relativeNorm) < 1e-3 * expected.relativeNorm)
    #expect(found.layers[11].largestDifference == expected.maximum)
  }

  @Test func modelsOfOtherSizes() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/tiny.safetensors"
      _ = try TinyModel.write(to: path)
      let (tiny, model) = (try MAESTModel(path: path), try ReferenceModel.version2.load())
      #expect(throws: ModelError.self) { try ModelComparison(tiny, model) }
      do { _ = try ModelComparison(tiny, model) } catch {
        #expect("\(error)".contains("frames in a patch: \(tiny.configuration.frameCount) and 316"))
      }
    }
  }
}
