import MAEST
import MAESTEssentia
import MAESTTestSupport
import Testing

/// Essentia's algorithms in other precisions than single.
@Suite struct PrecisionTests {
  private static let fixedPoint = EngineOptions(precision: .int16, allowsEmulation: true)
  /// A node within the network.
  private static let node = "PartitionedCall/onnx_tf_prefix_/m/audio_spectrogram_transformer/embeddings/Add"

  /// Strict mode is about parameters and messages; the precision stays the user's choice.
  @Test(arguments: [false, true]) func tokens(strict: Bool) throws {
    let signal = try Reference.signal.get()
    let name = "PartitionedCall/Identity_12"
    let exact = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: name)
    let fixedPoint = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, output: name, patchSize: 316, patchHopSize: 313, strict: strict,
      options: Self.fixedPoint)
    #expect(exact.precision == .exact && fixedPoint.precision == .int16)
    #expect(TensorflowPredictMAEST(options: Self.fixedPoint).precision == nil)
    let difference = Difference(try fixedPoint(signal).elements, try exact(signal).elements)
    #expect(difference.relativeNorm > 1e-5 && difference.relativeNorm < 1e-3, "\(difference)")
  }

  /// Graphs that are run operation by operation are in single precision, here and where there are no tiles.
  @Test func aGraphOperationByOperation() throws {
    let log = NoticeLog()
    let signal = try Reference.signal.get()
    let found = try TensorflowPredictMAEST(
      graphFilename: Reference.version2, output: Self.node, options: Self.fixedPoint, logger: log.logger)
    let expected = try TensorflowPredictMAEST(graphFilename: Reference.version2, output: Self.node)
    #expect(found.precision == .exact)
    expectIdentical(try found(signal).elements, try expected(signal).elements)
    #expect(log.notices.contains { $0.contains("precision int16 is ignored") }, "\(log.notices)")
  }

  @Test(arguments: [EngineOptions.Precision.int16, .exact, .auto])
  func aHeadOfItsOwn(precision: EngineOptions.Precision) throws {
    let log = NoticeLog()
    let outputs = ["PartitionedCall/Identity"]
    let options = EngineOptions(precision: precision)
    let head = try TensorflowPredict(
      graphFilename: Reference.head, inputs: ["embeddings"], outputs: outputs, options: options,
      logger: log.logger)
    let tokens = Tensor(shape: [1, 1, 281, 48], elements: (0..<281 * 48).map { Float($0 % 17) - 8 })
    let plain = try TensorflowPredict(graphFilename: Reference.head, inputs: ["embeddings"], outputs: outputs)
    #expect(try head(["embeddings": tokens]) == plain(["embeddings": tokens]))
    #expect(log.notices.isEmpty == (try options.resolvedPrecision() == .exact), "\(log.notices)")
    // The facade's heads say nothing: the encoder before them has the precision.
    #expect(try ClassificationHeadModel(path: Reference.head, options: options).labels.count == 400)
  }
}
