import MAESTTestSupport
import MAESTWeights
import Testing

/// Roles of outputs, and the arithmetic of sizes.
@Suite struct ModelDescriptionTests {
  @Test func aRoleIsReadAsItIsWritten() {
    for role in [.logits, .activations, .layer(1), .layer(7), .layer(12), .layer(.max)] as [OutputRole] {
      #expect(OutputRole(role.description) == role)
    }
    #expect(OutputRole.logits.description == "logits")
    #expect(OutputRole.activations.description == "activations")
    #expect(OutputRole("layer 7") == .layer(7))
  }

  @Test(arguments: [
    "", " ", "logit", "Logits", "logits ", " activations", "layer", "layer ", "layer 0", "layer -1",
    "layer  1",
    "layer 1 ", "layer 1.0", "layer x", "layer7", "Layer 7", "layer 9223372036854775808", "block 7",
  ])
  func whatIsNoRole(text: String) {
    #expect(OutputRole(text) == nil)
  }

  @Test(arguments: [(316, 31, 281), (626, 62, 560), (1256, 125, 1127), (1876, 187, 1685)])
  func theOfficialModelsHaveTheirTokens(frameCount: Int, gridFrameCount: Int, tokenCount: Int) {
    let configuration = Models.official(frameCount: frameCount)
    #expect(configuration.gridBandCount == 9)
    #expect(configuration.gridFrameCount == gridFrameCount)
    #expect(configuration.tokenCount == tokenCount)
    #expect(configuration.attentionWidth == 768)
    #expect(configuration.labelCount == 400)
    #expect(configuration.convolution.kernelElementCount == 256)
  }

  @Test func theTinyModelIsAsItsCommentSays() {
    let configuration = TinyModel.configuration
    #expect([configuration.gridBandCount, configuration.gridFrameCount] == [2, 3])
    #expect(configuration.tokenCount == 8)
    #expect(configuration.attentionWidth == 24)
    #expect(Models.headless.labelCount == 0)
  }

  @Test func positionsOfAKernel() {
    let geometry = ConvolutionGeometry(kernelBands: 3, kernelFrames: 5, bandStride: 2, frameStride: 4)
    let bands = (0...8).map { geometry.positions(along: $0, .band) }
    #expect(bands == [0, 0, 0, 1, 1, 2, 2, 3, 3])
    let frames = (0...13).map { geometry.positions(along: $0, .frame) }
    #expect(frames == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3])
    #expect(geometry.positions(along: -1, .band) == 0)
  }

  @Test func aStrideOfNothingHasNoPositions() {
    let geometry = ConvolutionGeometry(kernelBands: 3, kernelFrames: 5, bandStride: 0, frameStride: -4)
    #expect(geometry.positions(along: 100, .band) == 0)
    #expect(geometry.positions(along: 100, .frame) == 0)
  }
}
