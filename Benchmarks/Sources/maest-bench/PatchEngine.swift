import MAEST
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTWeights

/// The network with its weights, and one workspace for each number of threads that was asked for.
struct PatchEngine {
  let configuration: ModelConfiguration
  private let network: AudioSpectrogramTransformer
  private var workspaces: [Int: Workspace] = [:]

  init(weightFileAt path: String) throws {
    let file = try WeightFile(path: path)
    configuration = file.configuration
    network = AudioSpectrogramTransformer(file)
  }

  /// Makes the workspace for so many threads, unless it is there.
  mutating func prepare(threadCount: Int) throws {
    guard workspaces[threadCount] == nil else { return }
    workspaces[threadCount] = Workspace(configuration, on: try Compute(threadCount: threadCount))
  }

  /// One pass over one patch. values: `[frame, band]`; ``prepare(threadCount:)`` comes before.
  func run(_ values: [Float], taps: Set<Tap>, threadCount: Int) -> NetworkOutput {
    guard let workspace = workspaces[threadCount] else {
      preconditionFailure("no workspace for \(threadCount) threads")
    }
    let patch = Matrix(copying: values, rows: configuration.frameCount, columns: configuration.bandCount)
    return network(patch, taps: taps, workspace)
  }

  /// What runs here.
  static func facts() throws -> [(name: String, value: String)] { try EngineOptions.automatic.systemFacts() }
}

/// The processor cores that this process may use.
enum ProcessorCounts {
  static let available = ProcessorCount.available()
}
