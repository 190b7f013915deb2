import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// Weights and inputs far from those of a trained network: wherever single precision gives numbers, packed units do too, and
/// near to them as long as scores are not so large that rounding them chooses the key.
@Suite struct TiledExtremesTests {
  /// What the parameters of a kind are multiplied by.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var factors: [String: Float] = [:]
    var input: Float = 1
    var isConstant = false
    /// Whether results are near single precision's.
    var isNear = true
  }

  static let cases = [
    Case(testDescription: "scores of 1e4", factors: ["query.weight": 100, "key.weight": 100], isNear: false),
    Case(testDescription: "scores of 1e8", factors: ["query.weight": 1e4, "key.weight": 1e4], isNear: false),
    Case(testDescription: "all scores equal", factors: ["key.weight": 0]),
    Case(testDescription: "values and outputs of 1e6", factors: ["value.weight": 1e3, "output.weight": 1e3]),
    Case(testDescription: "tiny values", factors: ["value.weight": 1e-30, "value.bias": 1e-30]),
    Case(testDescription: "subnormal products", factors: ["query.weight": 1e-25, "key.weight": 1e-25]),
    Case(testDescription: "hidden layer of 1e6", factors: ["expansion.weight": 1e3, "expansion.bias": 1e3]),
    Case(testDescription: "norms of 1e-6", factors: ["Norm.scale": 1e-6, "Norm.bias": 1e-6]),
    Case(testDescription: "norms of 1e3", factors: ["feedForwardNorm.scale": 1e3]),
    Case(testDescription: "a residual stream of 1e15", factors: ["patchEmbedding.weight": 1e15]),
    Case(testDescription: "all weights 0", factors: [".weight": 0]),
    Case(testDescription: "input of 1e12", input: 1e12),
    Case(testDescription: "input of 1e-30", input: 1e-30),
    Case(testDescription: "subnormal input", input: 0x1p-140),
    Case(testDescription: "constant input", isConstant: true),
    Case(testDescription: "constant input of 1e6", input: 1e6, isConstant: true),
  ]

  @Test(arguments: cases, [Precision.high, .bf16, .int16])
  func numbersStayNumbers(testCase: Case, precision: Precision) throws {
    let configuration = NetworkShape.manyTokens.configuration
    let model = try RandomModel(
      configuration,
      times: { name in
        testCase.factors.reduce(1) { name.hasSuffix($1.key) ? $0 * $1.value : $0 }
      })
    let (rows, columns) = (configuration.frameCount, configuration.bandCount)
    let values =
      testCase.isConstant
      ? [Float](repeating: testCase.input, count: rows * columns)
      : model.melPatch().elements().map { $0 * testCase.input }
    let melPatch = Matrix(copying: values, rows: rows, columns: columns)
    let exact = try model.run(melPatch)
    let compute = try Compute(threadCount: 2, precision: precision, allowsEmulation: true)
    let network = AudioSpectrogramTransformer(
      model.weights, packed: PackedWeights.pack(model.weights, for: try #require(compute.tiles), on: compute))
    let found = network(melPatch, taps: model.allTaps, on: compute)
    for tap in model.allTaps {
      let (numbers, expected) = (try #require(found[tap]).elements, try #require(exact[tap]).elements)
      try #require(!expected.contains { !$0.isFinite }, "single precision gives numbers")
      let wrongCount = numbers.count { !$0.isFinite }
      #expect(wrongCount == 0, "\(tap): \(wrongCount) of \(numbers.count) are no numbers")
      guard testCase.isNear, case .blockOutput = tap else { continue }
      let norm = expected.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let error = zip(numbers, expected).reduce(0) {
        $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
      }.squareRoot()
      #expect(error <= precision.tolerance * norm, "\(tap): \(error / norm)")
    }
  }
}

extension Precision {
  /// How far tokens may be from the formula, relative to their norm, in small models of random weights.
  var tolerance: Double {
    switch self {
    case .high: 5e-5
    case .int16: 1e-3
    case .exact, .bf16, .fast, .auto: 2e-2
    }
  }
}
