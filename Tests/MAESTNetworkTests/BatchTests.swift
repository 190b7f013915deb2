import MAESTKernels
import MAESTNetwork
import MAESTTensor
import Testing

/// Patches that go through the network together.
@Suite struct BatchTests {
  @Test(arguments: DeterminismTests.shapes, backends)
  func companyDoesNotMatter(shape: NetworkShape, backend: MatrixBackend) throws {
    let model = try RandomModel(shape.configuration)
    let patches = (0..<5).map { model.melPatch(seed: UInt64($0)) }
    let alone = try patches.map { try model.run($0, backend: backend) }
    #expect(alone[0].logits != alone[1].logits, "the patches differ")
    for threadCount in [1, 2, 3, 8] {
      let compute = try Compute(backend: backend, threadCount: threadCount)
      for size in [1, 2, 5] {
        var workspace = Workspace(model.configuration, on: compute, patchCapacity: size)
        for first in stride(from: 0, to: patches.count, by: size) {
          let batch = Array(patches[first..<min(first + size, patches.count)])
          let outputs = model.network(batch, taps: model.allTaps, &workspace, checkpoint: {})
          #expect(outputs.count == batch.count)
          for (index, output) in outputs.enumerated() {
            expectIdentical(
              output, alone[first + index], "patch \(first + index), \(size) together, \(threadCount) threads"
            )
          }
        }
      }
    }
  }

  @Test(arguments: backends)
  func fewerPatchesThanThereIsRoomFor(backend: MatrixBackend) throws {
    let model = try RandomModel()
    var workspace = Workspace(
      model.configuration, on: try Compute(backend: backend, threadCount: 2), patchCapacity: 3)
    for taps: Set<Tap> in [[.logits], [.blockOutput(layer: 1)], model.allTaps] {
      let expected = try model.run(taps: taps, backend: backend)
      expectIdentical(model.network(model.melPatch(), taps: taps, &workspace), expected)
    }
    #expect(model.network([], taps: [.logits], &workspace, checkpoint: {}).isEmpty)
  }

  private struct Stop: Error {}

  @Test func theCheckpointEndsAPass() throws {
    let model = try RandomModel()
    var workspace = Workspace(model.configuration, on: try Compute(threadCount: 1), patchCapacity: 2)
    var calls = 0
    #expect(throws: Stop.self) {
      try model.network([model.melPatch(), model.melPatch(seed: 2)], taps: model.allTaps, &workspace) {
        () throws(Stop) in
        calls += 1
        if calls == 2 { throw Stop() }
      }
    }
    #expect(calls == 2)
  }

  /// One before the patch embedding, before each block, before each tap with matrix products of its own, and before the
  /// head: never more than a block's work between two of them.
  @Test func aCheckpointPrecedesEveryLongStep() throws {
    let model = try RandomModel()
    var workspace = Workspace(model.configuration, on: try Compute(threadCount: 1))
    let cases: [(taps: Set<Tap>, count: Int)] = [
      ([.logits], 1 + 3 + 1), ([.blockOutput(layer: 2), .keys(layer: 1)], 1 + 2 + 1),
      ([.attentionWeights(layer: 1, queries: .all), .attentionOutput(layer: 1)], 1 + 1 + 2 + 1),
    ]
    for (taps, count) in cases {
      var calls = 0
      _ = model.network(model.melPatch(), taps: taps, &workspace) { calls += 1 }
      #expect(calls == count, "\(taps)")
    }
  }
}
