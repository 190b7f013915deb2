import MAEST
import MAESTTestSupport
import MAESTTesting
import Testing

/// The expectations offered to users of the package.
@Suite struct ExpectTokensTests {
  private static let analysis = Result { () throws -> (MAESTModel, Analysis) in
    try withTemporaryFolder { folder in
      let path = folder + "/tiny.safetensors"
      _ = try TinyModel.write(to: path)
      let model = try MAESTModel(path: path)
      let samples = [Float](repeating: 0, count: 16000)
      let signal = AudioSignal(samples: samples, sampleRate: model.sampleRate)
      return (
        model, try model.analyze(signal, AnalysisRequest(taps: [.blockOutput(layer: 2), .keys(layer: 1)]))
      )
    }
  }

  private func changed(_ tensor: Tensor, at index: Int, by change: Float) -> Tensor {
    var elements = tensor.elements
    elements[index] += change
    return Tensor(shape: tensor.shape, elements: elements)
  }

  /// The messages of the issues that `body` records.
  private func issues(_ body: () -> Void) -> [String] {
    nonisolated(unsafe) var messages: [String] = []
    withKnownIssue(isIntermittent: true) {
      body()
    } matching: { issue in
      messages.append(issue.comments.map(\.rawValue).joined())
      return true
    }
    return messages
  }

  @Test func equalTokensPass() throws {
    let (_, analysis) = try Self.analysis.get()
    let tokens = try analysis.tokens(layer: 2)
    #expect(issues { expectTokens(of: analysis, layer: 2, tokens) }.isEmpty)
    let keys = try analysis[.keys(layer: 1)]
    #expect(issues { expectValues(of: analysis, at: .keys(layer: 1), keys) }.isEmpty)
  }

  @Test func theMessageShowsTheWorstToken() throws {
    let (model, analysis) = try Self.analysis.get()
    let tokens = try analysis.tokens(layer: 2)
    let width = model.configuration.embeddingWidth
    let grid = model.tokenMap.grid
    let token = grid.tokens.upperBound - 1
    let patch = tokens.shape[0] - 1
    let index = (patch * tokens.shape[1] + token) * width + 1
    let expected = changed(tokens, at: index, by: 100)
    let found = issues { expectTokens(of: analysis, layer: 2, expected, grid: grid) }
    let message = try #require(found.first)
    #expect(found.count == 1)
    #expect(
      message.contains(
        "token \(token) (frequency \(grid.frequencyCount - 1), time \(grid.timeCount - 1)) of patch \(patch)"),
      "\(message)")
    #expect(message.contains("column 1 is \(tokens.elements[index]), expected \(expected.elements[index])"))
    let leading = issues { expectTokens(of: analysis, layer: 2, changed(tokens, at: width, by: 50)) }
    #expect(leading.first?.contains("token 1 (DIST) of patch 0") == true, "\(leading)")
  }

  @Test func theToleranceIsObeyed() throws {
    let (_, analysis) = try Self.analysis.get()
    let tokens = try analysis.tokens(layer: 2)
    let expected = changed(tokens, at: 5, by: 1e-3)
    #expect(issues { expectTokens(of: analysis, layer: 2, expected, relativeError: 1) }.isEmpty)
    #expect(issues { expectTokens(of: analysis, layer: 2, expected, relativeError: 1e-9) }.count == 1)
    let bad = changed(tokens, at: 5, by: .nan)
    #expect(issues { expectTokens(of: analysis, layer: 2, bad, relativeError: 1e9) }.count == 1)
  }

  @Test func whatIsMissingOrOfAnotherShape() throws {
    let (_, analysis) = try Self.analysis.get()
    let tokens = try analysis.tokens(layer: 2)
    #expect(
      issues { expectTokens(of: analysis, layer: 1, tokens) }.first?.contains(
        "no blockOutput of layer 1: they were not requested") == true
    )
    let other = Tensor(shape: [1, 1, 1], elements: [0])
    #expect(
      issues { expectTokens(of: analysis, layer: 2, other) }.first?.contains("expected [1, 1, 1]") == true
    )
  }
}
