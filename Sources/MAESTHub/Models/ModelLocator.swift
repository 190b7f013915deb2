package import Foundation
package import Logging
import MAEST
import MAESTCore
import MAESTDemoWeights
import MAESTFiles

/// Chooses a model file: the given one, else `$MAEST_MODEL`, else the only one in the user's model folder, else the
/// bundled demo model.
///
/// A model is named by its path, or by the name of a model in the user's model folder.
package struct ModelLocator {
  let logger: Logger
  let environment: [String: String]
  let modelFolder: URL
  let demoGraphPath: String?
  /// Models that can be downloaded; if nil, every name that is not installed is treated as a path.
  let catalogue: ModelCatalogue?

  package init(
    logger: Logger, environment: [String: String], modelFolder: URL, demoGraphPath: String?,
    catalogue: ModelCatalogue? = nil
  ) {
    self.logger = logger
    self.environment = environment
    self.modelFolder = modelFolder
    self.demoGraphPath = demoGraphPath
    self.catalogue = catalogue
  }

  /// A locator with the environment, model folder and demo model of this process.
  static func standard(logger: Logger) -> ModelLocator {
    ModelLocator(
      logger: logger, environment: ProcessInfo.processInfo.environment, modelFolder: UserFolders().models,
      demoGraphPath: DemoWeights.graphPath, catalogue: .official)
  }

  /// Path of the weight file or graph to use.
  ///
  /// - Throws: ``ModelError`` if no name is given and no model can be chosen; ``CatalogueError`` if the name is neither
  ///   a path nor the name of an installed model.
  package func path(named name: String?) throws -> String {
    if let name { return try path(of: name) }
    if let name = environment["MAEST_MODEL"], !name.isEmpty { return try path(of: name) }
    let models = try modelsInFolder()
    if models.count > 1 {
      throw ModelError.ambiguousModel(folder: modelFolder.path, names: models.map(\.lastPathComponent))
    }
    if let model = models.first { return model.path }
    guard let demo = demoGraphPath else { throw ModelError.noModel(folder: modelFolder.path) }
    logger.notice(
      """
      no model named: using the bundled demo model, which knows a few synthetic sounds and no music styles. \
      Get an official model with 'maest models pull 30s-pw-519l', or convert one with maest-convert
      """)
    return demo
  }

  /// Resolves the name of an installed model to its path; returns a path unchanged.
  ///
  /// The argument is a path if the file exists or if it contains a slash or a dot, which names cannot contain.
  private func path(of name: String) throws(CatalogueError) -> String {
    let store = ModelStore(folder: modelFolder)
    guard ModelCatalogue.isName(name), !PathCalls.exists(name) else { return name }
    guard let catalogue else { return store.isInstalled(name) ? store.weightFile(name).path : name }
    return try store.installedPath(of: name, in: catalogue)
  }

  /// The paths of the weight files in the model folder.
  func weightFiles() throws(CatalogueError) -> [String] { try modelsInFolder().map(\.path) }

  /// The weight files in the model folder; empty if the folder does not exist.
  private func modelsInFolder() throws(CatalogueError) -> [URL] {
    try ModelStore(folder: modelFolder).installedNames().map(ModelStore(folder: modelFolder).weightFile)
  }
}
