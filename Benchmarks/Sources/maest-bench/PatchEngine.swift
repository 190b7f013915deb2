import MAEST
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTWeights
import Synchronization

/// The network in the precisions that were asked for, and the workspaces.
struct PatchEngine {
  private struct WorkspaceKey: Hashable {
    let options: EngineOptions
    let patchCapacity: Int

    /// Several patches go through the network together as those of a file do.
    init(_ options: EngineOptions, patchCount: Int) {
      self.options = options
      patchCapacity = min(patchCount, MAESTModel.patchesTogether)
    }
  }

  /// A workspace that copies of the engine share, for one run at a time.
  private final class SharedWorkspace: Sendable {
    let precision: Precision
    let workspace: Mutex<Workspace>

    init(_ workspace: consuming Workspace) {
      precision = workspace.compute.precision
      self.workspace = Mutex(workspace)
    }
  }

  let configuration: ModelConfiguration
  private let file: WeightFile
  private var networks: [Precision: AudioSpectrogramTransformer] = [:]
  private var workspaces: [WorkspaceKey: SharedWorkspace] = [:]

  init(weightFileAt path: String) throws {
    file = try WeightFile(path: path)
    configuration = file.configuration
  }

  /// Loads the network for the options' precision, unless it is there.
  ///
  /// - Returns: whether it was not.
  /// - Throws: where the backend or the precision cannot be had.
  @discardableResult
  mutating func load(_ options: EngineOptions) throws -> Bool { load(on: try options.makeCompute()) }

  private mutating func load(on compute: Compute) -> Bool {
    guard networks[compute.precision] == nil else { return false }
    networks[compute.precision] = MAESTModel.network(of: file, on: compute)
    return true
  }

  /// Makes the network for the options' precision and the workspace for so many patches in a row, unless they are there.
  mutating func prepare(_ options: EngineOptions, patchCount: Int = 1) throws {
    let key = WorkspaceKey(options, patchCount: patchCount)
    guard workspaces[key] == nil else { return }
    let compute = try options.makeCompute()
    _ = load(on: compute)
    workspaces[key] = SharedWorkspace(
      Workspace(configuration, on: compute, patchCapacity: key.patchCapacity))
  }

  /// Passes over some patches, at least one; returns the last patch's output.
  ///
  /// - Parameters:
  ///   - patches: `[frame, band]` each.
  ///   - options: ``prepare(_:patchCount:)`` with them and as many patches comes before.
  @discardableResult
  func run(_ patches: [[Float]], taps: Set<Tap>, _ options: EngineOptions) -> NetworkOutput {
    let key = WorkspaceKey(options, patchCount: patches.count)
    guard let shared = workspaces[key], let network = networks[shared.precision] else {
      preconditionFailure("no workspace for \(patches.count) patches with \(options)")
    }
    var output = NetworkOutput()
    for start in stride(from: 0, to: patches.count, by: key.patchCapacity) {
      let batch = patches[start..<min(start + key.patchCapacity, patches.count)].map {
        Matrix(copying: $0, rows: configuration.frameCount, columns: configuration.bandCount)
      }
      let outputs = shared.workspace.withLock { network(batch, taps: taps, &$0, checkpoint: {}) }
      output = outputs[outputs.count - 1]
    }
    return output
  }
}

/// The processor cores that this process may use.
enum ProcessorCounts {
  static let available = ProcessorCount.available()
}
