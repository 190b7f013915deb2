import Foundation
import MAEST
import MAESTEssentia
import MAESTTestSupport
import Testing

/// Each error of the reference, in our words and, in strict mode, in Essentia's.
@Suite struct ErrorTests {
  private static let prefix = "Error while configuring TensorflowPredictMAEST: "

  private func message(
    strict: Bool = true, graph: String = Reference.version2, savedModel: String = "", input: String? = nil,
    output: String? = nil, isTrainingName: String = "", patchSize: Int? = nil, patchHopSize: Int? = nil,
    signal: [Float] = []
  ) -> String {
    do {
      let predict = try TensorflowPredictMAEST(
        graphFilename: graph, savedModel: savedModel, input: input, output: output,
        isTrainingName: isTrainingName, patchSize: patchSize, patchHopSize: patchHopSize, strict: strict)
      return "no error: \(try predict(signal).shape)"
    } catch { return "\(error)" }
  }

  @Test func unreadableGraphs() {
    #expect(
      message(graph: "/nowhere.pb")
        == Self.prefix + "TensorflowPredict: could not open the Tensorflow graph file.")
    #expect(
      message(graph: Reference.mono)
        == Self.prefix + "TensorflowPredict: Error importing graph. Invalid GraphDef")
    #expect(
      message(savedModel: "/nowhere")
        == Self.prefix
        + "TensorflowPredict: Error importing SavedModel specified in the `savedModel` parameter. "
        + "Could not find SavedModel .pb or .pbtxt at supplied export directory path: /nowhere")
    #expect(message(strict: false, graph: "/nowhere.pb").contains("/nowhere.pb: cannot be opened"))
    #expect(message(strict: false, graph: Reference.mono).contains(Reference.mono))
  }

  @Test(arguments: ["input", "output", "isTrainingName"])
  func unknownNodes(parameter: String) {
    let text = message(
      input: parameter == "input" ? "nope" : "melspectrogram",
      output: parameter == "output" ? "nope" : "PartitionedCall/Identity_7",
      isTrainingName: parameter == "isTrainingName" ? "nope" : "")
    #expect(
      text.hasPrefix(
        Self.prefix + "TensorflowPredict: 'nope' is not a valid node name of this graph.\n"
          + "TensorflowPredict: Available node names are:\nmelspectrogram, PartitionedCall/mul_2/x, unknown_195, "
      ))
    #expect(
      text.hasSuffix(
        ", Identity_13.\n\nReconfigure this algorithm with valid node names as inputs and outputs before starting "
          + "the processing."))
  }

  @Test func ourUnknownNode() {
    let text = message(strict: false, output: "nope")
    #expect(
      text.contains("no 'nope'") && text.contains("activations, logits, layer 1, ") && !text.contains("\n"))
    #expect(message(strict: false, output: "layer 0").contains("layer 0: the model has layers 1 to 12"))
  }

  @Test func nodeNumbers() {
    #expect(
      message(
        graph: Reference.version1, input: "serving_default_melspectrogram",
        output: "StatefulPartitionedCall:14")
        == Self.prefix
        + "TensorflowPredict: Asked for the output with index `14`, but the node `StatefulPartitionedCall` only has "
        + "`14` outputs.")
    #expect(
      message(
        graph: Reference.version1, input: "serving_default_melspectrogram",
        output: "StatefulPartitionedCall:x")
        == Self.prefix
        + "TensorflowPredict: `StatefulPartitionedCall:x` is not a valid node name. Make sure that all your inputs "
        + "and outputs follow the pattern `nodeName:n`, where `n` in an integer that goes from 0 to the number of "
        + "outputs of the node - 1.")
    #expect(message(strict: false, output: "layer 13").contains("layers 1 to 12"))
  }

  @Test func trainingNameOfAnotherKindOfNode() {
    #expect(
      message(strict: false, isTrainingName: "melspectrogram").contains(
        "'melspectrogram' is no boolean input"))
  }

  @Test func signals() throws {
    let signal = try Reference.signal.get()
    let compute = "In TensorflowPredictMAEST.compute: TensorflowPredictMAEST: "
    #expect(message() == compute + "empty input signal")
    #expect(message(signal: Array(signal[..<80_384])) == compute + "input signal is too short.")
    #expect(message(strict: false).contains("no samples"))
    let text = message(strict: false, signal: Array(signal[..<80_384]))
    #expect(text.contains("80384 samples") && text.contains("80385") && text.contains("repeat"))
  }

  @Test func nothingConfigured() {
    let error = Reference.error { _ = try TensorflowPredictMAEST()([0]) }
    #expect(error?.reason == .noGraph && error?.stage == .computing)
  }

  /// The reference obeys the file name, whatever the user says; ours obeys the user unless strict.
  @Test func fileNameOverride() throws {
    let signal = Array(try Reference.signal.get()[..<160_768])
    #expect(message(patchSize: 0, signal: signal) == "no error: [2, 1, 1, 400]")
    #expect(message(patchHopSize: 400, signal: signal) == "no error: [2, 1, 1, 400]")
    #expect(message(patchHopSize: 100, signal: signal) == "no error: [2, 1, 1, 400]")
    #expect(message(strict: false, patchHopSize: 100, signal: signal) == "no error: [4, 1, 1, 400]")
    #expect(
      message(strict: false, patchHopSize: 400).contains("patchHopSize 400 is larger than patchSize 316"))
  }

  @Test func withoutATellingFileName() throws {
    try withTemporaryFolder { folder in
      let plain = folder + "/plain.pb"
      try FileManager.default.copyItem(atPath: Reference.version2, toPath: plain)
      let signal = try Reference.signal.get()
      // Ours takes the model's own sizes; Essentia's are those of the 30 s models.
      #expect(message(strict: false, graph: plain, signal: signal) == "no error: [2, 1, 1, 400]")
      #expect(message(graph: plain, signal: signal).contains("1876 frames, the model takes 316"))
      #expect(
        message(graph: plain, patchSize: 316, patchHopSize: 317)
          == Self.prefix
          + "VectorRealToTensor: `patchHopSize` has to be smaller than the number of timestamps")
      #expect(
        message(graph: plain, patchSize: 0, patchHopSize: 0)
          == Self.prefix
          + "VectorRealToTensor: Only the first dimension (batch size) can have size 0 or -1.")
    }
  }
}
