import Dispatch
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Synchronization
import Testing

/// The network with encoder blocks in bfloat16 tiles, emulated where the CPU has none, and in fixed point.
@Suite struct TiledNetworkTests {
  static let precisions: [Precision] = [.high, .bf16, .int16]
  static let shapes = [NetworkShape.all[0], NetworkShape.manyTokens]

  /// A model's network for tiles, and what it runs on.
  private struct Tiled {
    let model: RandomModel
    let compute: Compute
    let network: AudioSpectrogramTransformer

    init(_ model: RandomModel, _ precision: Precision, threadCount: Int = 1) throws {
      self.model = model
      compute = try Compute(threadCount: threadCount, precision: precision, allowsEmulation: true)
      let kernels = try #require(compute.tiles)
      network = AudioSpectrogramTransformer(
        model.weights, packed: PackedWeights.pack(model.weights, for: kernels, on: compute))
    }

    func run(_ melPatch: Matrix? = nil, taps: Set<Tap>? = nil) -> NetworkOutput {
      network(melPatch ?? model.melPatch(), taps: taps ?? model.allTaps, on: compute)
    }
  }

  /// Within a tolerance of the formula in double precision, relative to the norm, at every point.
  @Test(arguments: NetworkShape.all + NetworkShape.aroundSplits, precisions)
  func everyPointIsNearTheFormula(shape: NetworkShape, precision: Precision) throws {
    let model = try RandomModel(shape.configuration)
    let output = try Tiled(model, precision, threadCount: 2).run()
    let melPatch = model.melPatch()
    let twin = NetworkTwin(configuration: shape.configuration, parameters: model.parameters)
    let exact = try twin((0..<melPatch.rows).map { melPatch[rows: $0..<$0 + 1].elements().map(Double.init) })
    let tolerance = precision.tolerance
    for (tap, (valueShape, values)) in exact.values(shape.configuration) {
      let found = try #require(output[tap])
      #expect(found.shape == valueShape, "\(tap)")
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let error = zip(found.elements, values).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        .squareRoot()
      #expect(error <= tolerance * norm, "\(tap): \(error / norm)")
    }
    let activations = zip(output.activations?.elements ?? [], exact.activations ?? [])
    for (found, expected) in activations {
      #expect(abs(Double(found) - expected) <= precision.tolerance)
    }
  }

  /// The precisions and single precision do differ.
  @Test func precisionsAreNotTheSame() throws {
    let model = try RandomModel()
    let outputs = try Self.precisions.map { try Tiled(model, $0).run().logits }
    let exact = try model.run().logits
    for (index, output) in outputs.enumerated() {
      #expect(output != exact && !outputs[..<index].contains(output))
    }
  }

  @Test(arguments: shapes, precisions)
  func theNumberOfThreadsDoesNotMatter(shape: NetworkShape, precision: Precision) throws {
    let model = try RandomModel(shape.configuration)
    let serial = try Tiled(model, precision).run()
    for threadCount in [2, 3, 8] {
      expectIdentical(
        try Tiled(model, precision, threadCount: threadCount).run(), serial, "\(threadCount) threads")
    }
  }

  @Test(arguments: shapes, precisions)
  func companyDoesNotMatter(shape: NetworkShape, precision: Precision) throws {
    let model = try RandomModel(shape.configuration)
    let patches = (0..<5).map { model.melPatch(seed: UInt64($0)) }
    let alone = try Tiled(model, precision)
    let expected = patches.map { alone.run($0) }
    for threadCount in [1, 3] {
      let tiled = try Tiled(model, precision, threadCount: threadCount)
      for size in [2, 5] {
        var workspace = Workspace(model.configuration, on: tiled.compute, patchCapacity: size)
        for first in stride(from: 0, to: patches.count, by: size) {
          let batch = Array(patches[first..<min(first + size, patches.count)])
          let outputs = tiled.network(batch, taps: model.allTaps, &workspace, checkpoint: {})
          for (index, output) in outputs.enumerated() {
            expectIdentical(output, expected[first + index], "\(size) together, \(threadCount) threads")
          }
        }
      }
    }
  }

  @Test(arguments: precisions)
  func whatIsAskedForDoesNotMatter(precision: Precision) throws {
    let model = try RandomModel(NetworkShape.manyTokens.configuration)
    let tiled = try Tiled(model, precision)
    let all = tiled.run()
    for tap in model.allTaps { #expect(tiled.run(taps: [tap])[tap] == all[tap], "\(tap)") }
  }

  /// What a workspace held before, not-a-numbers included, leaves no trace.
  @Test(arguments: shapes, precisions)
  func aWorkspaceForgets(shape: NetworkShape, precision: Precision) throws {
    let model = try RandomModel(shape.configuration)
    let tiled = try Tiled(model, precision, threadCount: 2)
    let fresh = tiled.run()
    var workspace = Workspace(model.configuration, on: tiled.compute)
    let (rows, columns) = (model.configuration.frameCount, model.configuration.bandCount)
    let noNumbers = Matrix(
      copying: [Float](repeating: .nan, count: rows * columns), rows: rows, columns: columns)
    let spoiled = tiled.network(noNumbers, taps: model.allTaps, &workspace)
    #expect(spoiled.logits?.elements.allSatisfy(\.isNaN) == true)
    expectIdentical(tiled.network(model.melPatch(), taps: model.allTaps, &workspace), fresh, "after NaN")
  }

  @Test(arguments: precisions)
  func simultaneousRunsAreAsOneAfterTheOther(precision: Precision) throws {
    let model = try RandomModel(TapTests.configuration)
    let tiled = try Tiled(model, precision, threadCount: 2)
    let patches = (0..<8).map { model.melPatch(seed: UInt64($0)) }
    let serial = patches.map { tiled.run($0) }
    let outputs = Mutex<[Int: NetworkOutput]>([:])
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let output = tiled.run(patches[index])
      outputs.withLock { $0[index] = output }
    }
    for (index, expected) in serial.enumerated() {
      expectIdentical(try #require(outputs.withLock { $0[index] }), expected, "patch \(index)")
    }
  }

  /// The CPU's tiles give the bits of their emulation.
  @Test(
    .enabled(if: Compute.hasTiles((try? .selected()) ?? .baseline)), arguments: shapes,
    [Precision.high, .bf16])
  func tilesAndTheirEmulation(shape: NetworkShape, precision: Precision) throws {
    let model = try RandomModel(shape.configuration)
    let emulated = try Compute(
      backend: .automatic, instructionSet: .avx512, threadCount: 1, precision: precision,
      allowsEmulation: true)
    let packed = PackedWeights.pack(model.weights, for: try #require(emulated.tiles), on: emulated)
    let network = AudioSpectrogramTransformer(model.weights, packed: packed)
    let output = network(model.melPatch(), taps: model.allTaps, on: emulated)
    expectIdentical(try Tiled(model, precision).run(), output)
  }
}
