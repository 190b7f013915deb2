import Foundation
import MAEST
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// Files of packed weights: written block by block, mapped as they are.
@Suite struct PackedWeightFileTests {
  /// A weight file, kernels for one precision, and a file of the packed weights.
  private struct Bench {
    let weights: WeightFile
    let compute: Compute
    let kernels: TileKernels
    let path: String

    init(_ folder: String, _ precision: Precision) throws {
      try TinyModel.write(to: folder + "/model.safetensors")
      weights = try WeightFile(path: folder + "/model.safetensors")
      compute = try Compute(threadCount: 2, precision: precision, allowsEmulation: true)
      kernels = try #require(compute.tiles)
      path = folder + "/packed.safetensors"
      try PackedWeightFile.write(weights, digest: "abc", for: kernels, on: compute, to: path)
    }

    func read(
      _ configuration: ModelConfiguration = TinyModel.configuration, digest: String = "abc",
      precision: Precision? = nil
    ) throws -> PackedWeights? {
      try PackedWeightFile.read(
        path: path, of: configuration, digest: digest, precision: precision ?? kernels.precision)
    }

    func output(_ packed: PackedWeights) throws -> NetworkOutput {
      let configuration = weights.configuration
      var random = SeededRandom(seed: 5)
      let melPatch = Matrix(
        copying: (0..<configuration.frameCount * configuration.bandCount).map { _ in random.nextNormal() },
        rows: configuration.frameCount, columns: configuration.bandCount)
      return AudioSpectrogramTransformer(weights, packed: packed)(
        melPatch, taps: [.logits, .blockOutput(layer: configuration.blockCount)], on: compute)
    }
  }

  @Test(arguments: [Precision.high, .bf16, .int16])
  func aMappedFileGivesTheSameAsPackingInMemory(precision: Precision) throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder, precision)
      let found = try bench.output(try #require(try bench.read()))
      let expected = try bench.output(
        PackedWeights.pack(bench.weights, for: bench.kernels, on: bench.compute))
      #expect(found.logits == expected.logits && found.logits != nil)
      #expect(found[.blockOutput(layer: 3)] == expected[.blockOutput(layer: 3)])
    }
  }

  @Test(arguments: [Precision.high, .bf16, .int16])
  func aFileOfSomethingElseIsNotUsed(precision: Precision) throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder, precision)
      #expect(try bench.read(digest: "abd") == nil, "other weights")
      #expect(try bench.read(precision: precision == .high ? .bf16 : .high) == nil, "another precision")
      var other = TinyModel.configuration
      other.blockCount += 1
      #expect(try bench.read(other) == nil, "a model with more blocks")
      other = TinyModel.configuration
      other.feedForwardWidth += 32
      #expect(try bench.read(other) == nil, "a wider model")
    }
  }

  @Test func aTruncatedFileIsAnError() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder, .bf16)
      try Data(contentsOf: URL(filePath: bench.path)).dropLast(1000).write(to: URL(filePath: bench.path))
      #expect(throws: WeightError.self) { try bench.read() }
    }
  }
}
