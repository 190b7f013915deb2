import Foundation
import Logging
import MAEST
import MAESTConverter

extension ParameterCheck {
  /// Throws if nothing exists at `path`; `isFolder`: expects a SavedModel.
  func requireFile(_ path: String, isFolder: Bool) throws(EssentiaError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw failure(isFolder ? .noSavedModel(path: path) : .cannotOpenGraph(path: path))
    }
  }

  /// Reads a graph to execute it in single precision; logs it if another precision was requested.
  func readGraph(_ path: String, _ options: EngineOptions, _ logger: Logger) throws -> GraphProgram {
    let asked = try options.resolvedPrecision()
    let program: GraphProgram
    do {
      program = try GraphProgram(path: path, compute: options.inSinglePrecision.makeCompute())
    } catch let error as ConversionError {
      throw failure(.invalidGraph(path: path, reason: error.description))
    }
    if asked != .exact {
      logger.notice(
        "\(path): run operation by operation, a graph is computed in single precision; precision \(asked.rawValue) is ignored"
      )
    }
    return program
  }

  /// Throws if `name` is not a boolean input.
  func requireFlag(_ name: String, in program: GraphProgram, _ nodes: GraphNodes) throws(EssentiaError) {
    _ = try nodes.resolve(name, self)
    guard program.inputs.contains(where: { $0.name == name && $0.type == .bool }) else {
      throw failure(.noTrainingInput(name: name))
    }
  }
}
