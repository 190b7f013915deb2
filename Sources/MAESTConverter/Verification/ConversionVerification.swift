import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTWeights

/// Runs a graph and the weight file made from it on the same random patches, and compares the results.
///
/// The graph is run operation by operation, without any knowledge of MAEST; the weight file is run through the network.
/// The two sides share only the matrix products.
public struct ConversionVerification: ~Copyable {
  /// Verifies the weight file at `weightPath` against the graph at `graphPath`, in any format that can be converted.
  ///
  /// - Parameters:
  ///   - patchCount: number of random patches to run, at least 1.
  ///   - seed: seed of the patches.
  ///   - threadCount: number of threads; nil for the number of physical cores that the process may use.
  ///   - tolerance: the largest relative norm that passes.
  /// - Returns: a report, which may state that outputs differ; see ``VerificationReport/passed``.
  /// - Throws: ``ConversionError`` if the graph cannot be read, is not a MAEST model or cannot be run, `WeightError`
  ///   for errors in the weight file, ``VerificationError`` if there is nothing to compare.
  public static func verify(
    weightFileAt weightPath: String, againstGraphAt graphPath: String, patchCount: Int = 1, seed: UInt64 = 1,
    threadCount: Int? = nil, tolerance: Double = VerificationReport.defaultTolerance
  ) throws -> VerificationReport {
    let model = try SourceReader.model(at: graphPath)
    guard let graph = model.graph else { throw VerificationError.noOutputs }
    return try verify(
      WeightFile(path: weightPath), against: graph, inputName: model.inputName, outputs: model.outputs,
      values: model.values, patchCount: patchCount, seed: seed, threadCount: threadCount, tolerance: tolerance
    )
  }

  /// Verifies a graph that has been read and recognised; its placeholder `inputName` takes the mel patch.
  ///
  /// If none of the network's outputs is addressable in the graph, the inner values in `values` are compared.
  static func verify(
    _ weights: WeightFile, against graph: Graph, inputName: String, outputs: [String: OutputRole],
    values: [OutputRole: Value], patchCount: Int = 1, seed: UInt64 = 1, threadCount: Int? = nil,
    tolerance: Double = VerificationReport.defaultTolerance
  ) throws -> VerificationReport {
    let compute: Compute
    do { compute = try Compute(threadCount: threadCount) } catch {
      throw VerificationError.noKernels(reason: error.description)
    }
    var verification = try ConversionVerification(
      weights: weights, graph: graph, inputName: inputName,
      outputs: outputs.isEmpty ? inner(values, of: graph) : onePerRole(outputs, of: graph), compute: compute)
    var patches = PatchGenerator(seed: seed)
    var tallies = verification.outputs.map { Tally($0) }
    for _ in 0..<max(patchCount, 1) {
      let patch = patches.next(count: verification.patchLength)
      try verification.run(patch, &tallies)
    }
    return VerificationReport(
      comparisons: tallies.map { $0.comparison(tolerance: tolerance) }, patchCount: max(patchCount, 1),
      tolerance: tolerance)
  }

  private let network: AudioSpectrogramTransformer
  private var workspace: Workspace
  private let interpreter: GraphInterpreter
  private let inputName: String
  private let inputShape: [Int]
  /// One value of the graph per role.
  private let outputs: [Output]

  /// A value of the graph that is one of the network's outputs.
  fileprivate typealias Output = (role: OutputRole, name: String, value: Value)

  private init(
    weights: WeightFile, graph: Graph, inputName: String, outputs: [Output], compute: Compute
  ) throws(VerificationError) {
    let inputShape = try Self.inputShape(graph, inputName, weights.configuration)
    guard !outputs.isEmpty else { throw .noOutputs }
    for (role, name, _) in outputs where !Self.has(role, weights.configuration) {
      throw .missingOutput(role, name: name)
    }
    network = AudioSpectrogramTransformer(weights)
    workspace = Workspace(weights.configuration, on: compute)
    interpreter = GraphInterpreter(graph, compute: compute)
    self.inputName = inputName
    self.inputShape = inputShape
    self.outputs = outputs
  }

  private var patchLength: Int { network.configuration.frameCount * network.configuration.bandCount }

  /// Returns the input's shape with the open sizes filled in.
  private static func inputShape(
    _ graph: Graph, _ name: String, _ configuration: ModelConfiguration
  ) throws(VerificationError) -> [Int] {
    let (frames, bands) = (configuration.frameCount, configuration.bandCount)
    let node = graph.nodes.first { $0.name == name }
    guard case .shape(let sizes?) = node?.attributes["shape"] else { return [1, frames, bands] }
    let shape = sizes.map { $0 ?? 1 }
    guard shape.filter({ $0 != 1 }) == [frames, bands].filter({ $0 != 1 }) else {
      throw .wrongInput(name: name, shape: shape, expected: "\(frames) frames of \(bands) bands")
    }
    return shape
  }

  /// Selects one name per role: prefers values that no node uses, whose names users know, then the first name.
  private static func onePerRole(_ outputs: [String: OutputRole], of graph: Graph) -> [Output] {
    let used = Set(graph.nodes.flatMap(\.inputs))
    func rank(_ output: Output) -> (Int, String) { (used.contains(output.value) ? 1 : 0, output.name) }
    let named = outputs.compactMap { name, role -> Output? in
      graph.addressable[name].map { (role: role, name: name, value: $0) }
    }
    return Dictionary(grouping: named, by: \.role)
      .compactMap { $0.value.min { rank($0) < rank($1) } }
      .sorted { order($0.role) < order($1.role) }
  }

  private static func inner(_ values: [OutputRole: Value], of graph: Graph) -> [Output] {
    values.map { (role: $0.key, name: "inside, \(graph[$0.value].name)", value: $0.value) }
      .sorted { order($0.role) < order($1.role) }
  }

  private static func order(_ role: OutputRole) -> Int {
    switch role {
    case .logits: -1
    case .activations: 0
    case .layer(let layer): layer
    }
  }

  private static func has(_ role: OutputRole, _ configuration: ModelConfiguration) -> Bool {
    switch role {
    case .logits, .activations: configuration.head != nil
    case .layer(let layer): (1...configuration.blockCount).contains(layer)
    }
  }

  /// Runs both sides on one patch, `[frame, band]`.
  private mutating func run(_ patch: [Float], _ tallies: inout [Tally]) throws {
    let expected = try interpreter.run(
      inputs: [inputName: ConstantTensor(floats: patch, shape: inputShape)], outputs: outputs.map(\.value))
    let (frames, bands) = (network.configuration.frameCount, network.configuration.bandCount)
    let found = network(Matrix(copying: patch, rows: frames, columns: bands), taps: taps, &workspace)
    for (index, output) in outputs.enumerated() {
      try tallies[index].add(elements(of: output.role, found), expected[index].floats ?? [])
    }
  }

  private var taps: Set<Tap> {
    Set(
      outputs.map { output in
        if case .layer(let layer) = output.role { .blockOutput(layer: layer) } else { .logits }
      })
  }

  private func elements(of role: OutputRole, _ output: NetworkOutput) -> [Float] {
    switch role {
    case .logits: output.logits?.elements ?? []
    case .activations: output.activations?.elements ?? []
    case .layer(let layer): output[.blockOutput(layer: layer)]?.elements ?? []
    }
  }
}

/// The comparison of one output, patch by patch.
private struct Tally {
  private let role: OutputRole
  private let name: String
  private var count = 0
  private var maximum: Float = 0
  private var relativeNorm = 0.0

  init(_ output: ConversionVerification.Output) { (role, name) = (output.role, output.name) }

  mutating func add(_ found: [Float], _ expected: [Float]) throws(VerificationError) {
    guard found.count == expected.count else {
      throw .wrongSize(role, name: name, found: expected.count, expected: found.count)
    }
    var (squares, norm) = (0.0, 0.0)
    for (a, b) in zip(found, expected) {
      let difference = abs(a - b)
      // NaN on either side counts as an infinite difference.
      maximum = max(maximum, difference.isNaN ? .infinity : difference)
      squares += Double(difference) * Double(difference)
      norm += Double(b) * Double(b)
    }
    let relative = squares == 0 ? 0 : (squares / norm).squareRoot()
    relativeNorm = max(relativeNorm, relative.isNaN ? .infinity : relative)
    count += found.count
  }

  func comparison(tolerance: Double) -> VerificationReport.Comparison {
    VerificationReport.Comparison(
      role: role, name: name, count: count, maximumDifference: maximum, relativeNorm: relativeNorm,
      passed: relativeNorm <= tolerance)
  }
}
