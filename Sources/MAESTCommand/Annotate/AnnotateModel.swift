import Foundation
import MAEST
import MAESTHub
import MAESTLibrary

/// Finds the model and heads of a run: those named, else those of the records that are there.
struct AnnotateModel {
  let command: AnnotateCommand
  /// Of the records that are there.
  let settings: SettingsInUse

  func annotator() throws -> (Annotator, SettingsDecision) {
    let (engine, jobs, laneCount) = lanes()
    let model = try MAESTModel(named: try modelPath(), options: engine, logger: StandardError.logger)
    let options = command.settingsOptions
    let heads = HeadFiles(
      named: try options.head.map { try HeadFiles.load($0, engine) }, engine: engine,
      folders: ([model.path] + options.head).map { URL(filePath: $0).deletingLastPathComponent().path }
        + [ModelStore.standard.heads.path])
    let decision = try settings.decide(
      try options.wishes(
        layerCount: model.configuration.blockCount, heads: heads.named.map(\.identity)),
      model: SettingsInUse.Model(model), command.runOptions.existingRecords)
    let annotator = try Annotator(
      model: model, head: try decision.head.map(heads.head),
      addedHeads: try decision.addedHeads.map(heads.head),
      settings: decision.settings, loader: command.runOptions.loader, jobs: jobs, laneCount: laneCount)
    return (annotator, decision)
  }

  /// Threads for the network are shared among lanes, one each as long as there are enough tracks: so none waits for
  /// another.
  private func lanes() -> (engine: EngineOptions, jobs: Int, laneCount: Int) {
    var engine = command.modelOptions.engine
    if command.modelOptions.precisionOptions.precision == nil,
      let precision = (settings.model?.precision).flatMap(EngineOptions.Precision.init(rawValue:))
    {
      engine.precision = precision
    }
    let threadCount = engine.resolvedThreadCount
    let jobs = command.runOptions.jobs ?? threadCount
    let laneCount = min(jobs, threadCount)
    engine.threadCount = threadCount / laneCount
    return (engine, jobs, laneCount)
  }

  /// The model named, else the installed one that the records that are there are of; nil: the usual one.
  private func modelPath() throws -> String? {
    if let named = command.modelOptions.model { return named }
    guard let sha256 = settings.model?.sha256 else { return nil }
    return try InstalledWeights.path(ofSource: sha256)
  }
}

/// Files of classification heads.
private struct HeadFiles {
  let named: [ClassificationHeadModel]
  let engine: EngineOptions
  /// Where others may be.
  let folders: [String]

  static func load(_ path: String, _ engine: EngineOptions) throws -> ClassificationHeadModel {
    try ClassificationHeadModel(named: path, options: engine, logger: StandardError.logger)
  }

  /// The head, if it is named or installed, or a file of its name is beside the model or a head.
  ///
  /// - Throws: ``SettingsError/missingHead(_:)``.
  func head(_ identity: HeadIdentity) throws -> ClassificationHeadModel {
    if let head = named.first(where: { $0.identity == identity }) { return head }
    for folder in folders {
      let path = folder + "/" + identity.name
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let head = try Self.load(path, engine)
      if head.identity == identity { return head }
    }
    throw SettingsError.missingHead(identity)
  }
}
