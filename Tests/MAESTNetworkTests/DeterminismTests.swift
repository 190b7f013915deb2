import Dispatch
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Synchronization
import Testing

/// The same patch gives the same bits, whatever else happens.
@Suite struct DeterminismTests {
  static let shapes = [NetworkShape.all[0], NetworkShape.manyTokens]

  @Test(arguments: shapes, backends)
  func theNumberOfThreadsDoesNotMatter(shape: NetworkShape, backend: MatrixBackend) throws {
    let model = try RandomModel(shape.configuration)
    let serial = try model.run(backend: backend, threadCount: 1)
    for threadCount in [2, 3, 8] {
      let output = try model.run(backend: backend, threadCount: threadCount)
      expectIdentical(output, serial, "\(threadCount) threads")
    }
  }

  /// What a workspace held before, not-a-numbers and other taps included, leaves no trace.
  @Test(arguments: shapes, backends)
  func aWorkspaceForgets(shape: NetworkShape, backend: MatrixBackend) throws {
    let model = try RandomModel(shape.configuration)
    var workspace = Workspace(model.configuration, on: try Compute(backend: backend, threadCount: 2))
    let fresh = try model.run(backend: backend)
    let (rows, columns) = (model.configuration.frameCount, model.configuration.bandCount)
    let noNumbers = [Float](repeating: .nan, count: rows * columns)
    let spoiled = model.network(
      Matrix(copying: noNumbers, rows: rows, columns: columns), taps: model.allTaps, &workspace)
    #expect(spoiled.logits?.elements.allSatisfy(\.isNaN) == true)
    expectIdentical(model.network(model.melPatch(), taps: model.allTaps, &workspace), fresh, "after NaN")
    _ = model.network(model.melPatch(seed: 2), taps: [.logits], &workspace)
    _ = model.network(model.melPatch(seed: 3), taps: [.blockOutput(layer: 1)], &workspace)
    expectIdentical(model.network(model.melPatch(), taps: model.allTaps, &workspace), fresh, "after others")
  }

  @Test(arguments: shapes)
  func aPatchInALargerMatrixIsTheSame(shape: NetworkShape) throws {
    let model = try RandomModel(shape.configuration)
    let melPatch = model.melPatch()
    let around = MutableMatrix(rows: melPatch.rows + 3, columns: melPatch.columns + 5)
    let view = around[rows: 2..<melPatch.rows + 2][columns: 1..<melPatch.columns + 1]
    view.copy(from: melPatch)
    expectIdentical(try model.run(view.readOnly), try model.run(melPatch))
  }

  @Test func simultaneousRunsOnOneNetworkAreAsOneAfterTheOther() throws {
    let model = try RandomModel(TapTests.configuration)
    let patches = (0..<8).map { model.melPatch(seed: UInt64($0)) }
    let serial = try patches.map { try model.run($0) }
    #expect(serial[0].logits != serial[1].logits, "the patches differ")
    for threadCount in [1, 2] {
      let compute = try Compute(backend: backends[0], threadCount: threadCount)
      let (network, taps, configuration) = (model.network, model.allTaps, model.configuration)
      let outputs = Mutex<[Int: [NetworkOutput]]>([:])
      DispatchQueue.concurrentPerform(iterations: patches.count) { index in
        var workspace = Workspace(configuration, on: compute)
        for _ in 0..<5 {
          let output = network(patches[index], taps: taps, &workspace)
          outputs.withLock { $0[index, default: []].append(output) }
        }
      }
      for (index, expected) in serial.enumerated() {
        let found = outputs.withLock { $0[index] ?? [] }
        #expect(found.count == 5)
        for output in found { expectIdentical(output, expected, "patch \(index), \(threadCount) threads") }
      }
    }
  }
}
