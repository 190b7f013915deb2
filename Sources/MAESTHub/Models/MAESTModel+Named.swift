import Foundation
public import Logging
public import MAEST
import MAESTDemoWeights
import MAESTFiles

extension MAESTModel {
  /// Loads a model by its path or by the name of an installed model.
  ///
  /// - Parameters:
  ///   - name: a weight file, graph or SavedModel folder, or a name such as `30s-pw-519l`. If nil, the first of these
  ///     that exists is used: the model named by `$MAEST_MODEL`; the weight file in the user's model folder (several
  ///     files are an error); the bundled demo model.
  ///   - options: threads, backend and precision.
  ///   - logger: receives notices of conversions and of the use of the demo model; silent by default.
  /// - Throws: ``CatalogueError`` if `name` is neither a path nor the name of an installed model, and the errors of
  ///   `MAESTModel.init(path:options:logger:)`.
  public init(
    named name: String?, options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws {
    // Check the precision first, because converting a graph takes long.
    _ = try options.resolvedPrecision()
    try self.init(path: Self.locate(name, logger: logger), options: options, logger: logger)
  }

  /// Loads the bundled demo model, a small model that knows a few synthetic sounds and no music styles.
  ///
  /// - Throws: ``ModelError`` if the program's resources are missing, and the errors of
  ///   `MAESTModel.init(path:options:logger:)`.
  public static func demo(
    options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws -> MAESTModel {
    guard let path = DemoWeights.graphPath else {
      throw ModelError.noModel(folder: "the program's resources")
    }
    return try MAESTModel(path: path, options: options, logger: logger)
  }

  /// Returns the path of the file or folder that `name` stands for, as in ``init(named:options:logger:)``.
  ///
  /// - Throws: ``CatalogueError`` or `ModelError` if no model can be chosen or the path does not exist.
  package static func locate(_ name: String?, logger: Logger) throws -> String {
    let path = try ModelLocator.standard(logger: logger).path(named: name)
    guard PathCalls.exists(path) else { throw ModelError.missingFile(path: path) }
    return path
  }
}

extension ClassificationHeadModel {
  /// Loads a classification head by its path or by the name of an installed head.
  ///
  /// - Throws: ``CatalogueError`` if `name` is neither a path nor the name of an installed head, and the errors of
  ///   `ClassificationHeadModel.init(path:options:logger:)`.
  public init(named name: String, options: EngineOptions = .automatic, logger: Logger = .silent) throws {
    let path = try ModelStore.standard.headPath(of: name, catalogue: .official)
    try self.init(path: path, options: options, logger: logger)
  }
}
