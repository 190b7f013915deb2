package import Foundation
package import Logging
import MAESTDemoWeights

/// Chooses a model file: the one named, else $MAEST_MODEL, else the only one in the user's model folder, else the
/// bundled demo model.
package struct ModelLocator {
  let logger: Logger
  let environment: [String: String]
  let modelFolder: URL
  let demoGraphPath: String?

  package init(logger: Logger, environment: [String: String], modelFolder: URL, demoGraphPath: String?) {
    self.logger = logger
    self.environment = environment
    self.modelFolder = modelFolder
    self.demoGraphPath = demoGraphPath
  }

  /// The environment, folder and demo model of this process.
  static func standard(logger: Logger) -> ModelLocator {
    ModelLocator(
      logger: logger, environment: ProcessInfo.processInfo.environment, modelFolder: UserFolders.models,
      demoGraphPath: DemoWeights.graphPath)
  }

  /// Path of the weight file or graph to use.
  package func path(named name: String?) throws -> String {
    if let name { return name }
    if let name = environment["MAEST_MODEL"], !name.isEmpty { return name }
    let models = modelsInFolder()
    if models.count > 1 {
      throw ModelError.ambiguousModel(folder: modelFolder.path, names: models.map(\.lastPathComponent))
    }
    if let model = models.first { return model.path }
    guard let demo = demoGraphPath else { throw ModelError.noModel(folder: modelFolder.path) }
    logger.notice(
      """
      no model named: using the bundled demo model, whose weights are random numbers; its tags mean nothing. \
      Convert an official model with maest-convert and name it with --model
      """)
    return demo
  }

  private func modelsInFolder() -> [URL] {
    let files =
      (try? FileManager.default.contentsOfDirectory(at: modelFolder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "safetensors" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
