import Foundation
import MAEST
import MAESTConverter

extension ParameterCheck {
  /// Fails where nothing is at `path`; `isFolder`: a SavedModel is expected there.
  func requireFile(_ path: String, isFolder: Bool) throws(EssentiaError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw failure(isFolder ? .noSavedModel(path: path) : .cannotOpenGraph(path: path))
    }
  }

  /// Reads a graph to be run as it is.
  func readGraph(_ path: String, _ options: EngineOptions) throws -> GraphProgram {
    do { return try GraphProgram(path: path, compute: options.makeCompute()) } catch let error
      as ConversionError
    {
      throw failure(.invalidGraph(path: path, reason: error.description))
    }
  }

  /// Fails where `name` is not that of a boolean input.
  func requireFlag(_ name: String, in program: GraphProgram, _ nodes: GraphNodes) throws(EssentiaError) {
    _ = try nodes.resolve(name, self)
    guard program.inputs.contains(where: { $0.name == name && $0.type == .bool }) else {
      throw failure(.noTrainingInput(name: name))
    }
  }
}
