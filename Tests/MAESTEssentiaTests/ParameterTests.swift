import Foundation
import MAEST
import MAESTConverter
import MAESTEssentia
import MAESTTestSupport
import Testing

/// Every parameter of `TensorflowPredictMAEST`: default, range, meaning.
@Suite struct ParameterTests {
  private func configured(
    _ graph: String = Reference.version2,
    _ change: (inout TensorflowPredictMAEST.Parameters) -> Void = { _ in }
  ) throws -> TensorflowPredictMAEST {
    var parameters = TensorflowPredictMAEST.Parameters()
    parameters.graphFilename = graph
    change(&parameters)
    var algorithm = TensorflowPredictMAEST()
    try algorithm.configure(parameters)
    return algorithm
  }

  @Test func defaults() {
    let parameters = TensorflowPredictMAEST.Parameters()
    #expect(parameters.batchSize == 1 && parameters.lastPatchMode == .discard)
    #expect(parameters.graphFilename.isEmpty && parameters.savedModel.isEmpty)
    #expect(parameters.isTrainingName.isEmpty && parameters.input == nil && parameters.output == nil)
    #expect(parameters.patchSize == nil && parameters.patchHopSize == nil && !parameters.strict)
  }

  @Test func unsetNamesTakeWhatTheGraphHas() throws {
    let first = try configured(Reference.version1)
    #expect(first.input == "serving_default_melspectrogram" && first.output == "StatefulPartitionedCall:0")
    let second = try configured(Reference.version2)
    #expect(second.input == "melspectrogram" && second.output == "Identity")
    let values = try [first, second].map { try $0(Reference.signal.get()) }
    expectIdentical(values[0].elements, values[1].elements)
  }

  /// Essentia's own defaults fit graphs of the second generation alone.
  @Test func strictDefaults() throws {
    #expect(try configured { $0.strict = true }.output == "Identity")
    let error = Reference.error { _ = try configured(Reference.version1) { $0.strict = true } }
    #expect(error?.description.contains("'melspectrogram' is not a valid node name of this graph.") == true)
  }

  /// Numbers at the ends of what there is are errors like any other.
  @Test(arguments: [Int.max, .max - 1, 1 << 40]) func hugeNumbers(number: Int) throws {
    for graph in [Reference.version1, Reference.version2] {
      #expect(Reference.error { _ = try configured(graph) { $0.patchSize = number } } != nil)
      #expect(Reference.error { _ = try configured(graph) { $0.patchHopSize = number } } != nil)
      for name in ["Identity:\(number)", "nope:\(number)", "layer \(number)"] {
        #expect(throws: (any Error).self) { try configured(graph) { $0.output = name } }
      }
      _ = try configured(graph) { $0.batchSize = number }
    }
  }

  @Test func outputNumberZeroNeedNotBeSaid() throws {
    let names = ["StatefulPartitionedCall", "StatefulPartitionedCall:0"]
    let outputs = try names.map { name in try configured(Reference.version1) { $0.output = name }.output }
    #expect(outputs == ["StatefulPartitionedCall:0", "StatefulPartitionedCall:0"])
  }

  @Test(arguments: [
    ("patchSize", "[0,inf)", -1), ("patchHopSize", "[0,inf)", -1), ("batchSize", "[-1,inf)", -2),
  ])
  func ranges(name: String, range: String, value: Int) {
    for strict in [false, true] {
      let error = Reference.error {
        _ = try configured { parameters in
          switch name {
          case "patchSize": parameters.patchSize = value
          case "patchHopSize": parameters.patchHopSize = value
          default: parameters.batchSize = value
          }
          parameters.strict = strict
        }
      }
      #expect(error?.reason == .parameterOutOfRange(name: name, value: "\(value)", range: range))
      #expect(
        !strict
          || error?.description
            == "Error while configuring TensorflowPredictMAEST: Parameter \(name) = \(value) "
            + "is not within specified range: \(range)"
      )
    }
  }

  @Test func hops() throws {
    let signal = try Reference.signal.get()[..<160_768]
    #expect(try configured { $0.patchHopSize = 0 }(Array(signal)).shape[0] == 1)
    #expect(try configured { $0.patchHopSize = 316 }(Array(signal)).shape[0] == 1)
    #expect(try configured { $0.patchHopSize = 313 }(Array(signal)).shape[0] == 2)
    #expect(try configured { $0.patchHopSize = 100 }(Array(signal)).shape[0] == 4)
    let error = Reference.error { _ = try configured { $0.patchHopSize = 317 } }
    #expect(error?.reason == .hopLargerThanPatch(hop: 317, patchSize: 316))
  }

  @Test func patchSizes() throws {
    #expect(try configured { $0.patchSize = 316 }.parameters.patchSize == 316)
    let wrong = Reference.error { _ = try configured { $0.patchSize = 300 } }
    #expect(wrong?.reason == .wrongPatchSize(found: 300, expected: 316))
    let zero = Reference.error { _ = try configured { $0.patchSize = 0 } }
    #expect(zero?.reason == .zeroPatchSize)
  }

  /// The edges measured on the reference: samples, patches without and with repeating (nil: too short).
  @Test(arguments: [
    (1, nil, 1), (80_128, nil, 1), (80_384, nil, 1), (80_385, 1, 2), (80_640, 1, 2), (160_512, 1, 2),
    (160_513, 2, 3),
  ])
  func edges(sampleCount: Int, whole: Int?, repeated: Int) throws {
    let signal = Array(try Reference.signal.get()[..<sampleCount])
    let discarding = try configured()
    if let whole {
      #expect(try discarding(signal).shape[0] == whole)
    } else {
      let error = Reference.error { _ = try discarding(signal) }
      #expect(error?.reason == .tooShort(sampleCount: sampleCount, needed: 80_385))
    }
    #expect(try configured { $0.lastPatchMode = .repeat }(signal).shape[0] == repeated)
  }

  @Test func batchSizeChangesNothingInStandardMode() throws {
    let signal = try Reference.signal.get()
    let single = try configured()(signal)
    for batch in [-1, 0, 2, 5] { #expect(try configured { $0.batchSize = batch }(signal) == single) }
  }

  @Test func savedModelWins() throws {
    let folder = Fixtures.path("graphs/maest-module-savedmodel")
    let algorithm = try configured(Reference.version2) { $0.savedModel = folder }
    #expect(algorithm.parameters.savedModel == folder)
    let alone = try configured(Fixtures.path("graphs/maest-module-frozen.pb"))
    let signal = try Reference.signal.get()
    MAESTTestSupport.expectClose(
      try algorithm(signal).elements, try alone(signal).elements, maximum: 1e-6)
  }

  @Test func convertedWeightsAreTakenToo() throws {
    try withTemporaryFolder { folder in
      let weights = folder + "/weights.safetensors"
      _ = try GraphConverter.convert(graphAt: Reference.version2, to: weights)
      let algorithm = try configured(weights) { $0.output = "PartitionedCall/Identity_7" }
      #expect(algorithm.input == "melspectrogram")
      let expected = try configured { $0.output = "layer 7" }
      let signal = try Reference.signal.get()
      expectIdentical(try algorithm(signal).elements, try expected(signal).elements)
      let error = Reference.error { _ = try configured(weights) { $0.output = "unknown_195" } }
      guard case .unknownNode("unknown_195", let available) = error?.reason else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(available.contains("Identity_13"))
    }
  }

  /// After an error the algorithm is what it was.
  @Test func failedConfigurationChangesNothing() throws {
    var algorithm = try configured { $0.output = "layer 3" }
    let before = algorithm.parameters
    var parameters = before
    parameters.graphFilename = "/nowhere.pb"
    #expect(throws: EssentiaError.self) { try algorithm.configure(parameters) }
    #expect(algorithm.parameters == before && algorithm.output != nil)
    algorithm.reset()
    #expect(try algorithm(Reference.signal.get()).shape == [2, 1, 281, 48])
  }
}
