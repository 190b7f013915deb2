import Foundation
import MAEST
import MAESTFiles
import MAESTHub
import MAESTLibrary

/// Finds the model and heads of a run: the ones given as options, else those of the existing records.
struct AnnotateModel {
  let command: AnnotateCommand
  /// The settings of the existing records.
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
    if command.runOptions.cue, let range = decision.settings.windows.range {
      throw RangeWithCueSheets(range: range)
    }
    var loader = command.runOptions.loader
    loader.damaged = options.decodingOptions.damaged.policy
    loader.downmix = decision.downmix
    let annotator = try Annotator(
      model: model, head: try decision.head.map(heads.head),
      addedHeads: try decision.addedHeads.map(heads.head),
      settings: decision.settings, loader: loader, jobs: jobs, laneCount: laneCount)
    return (annotator, decision)
  }

  /// Divides the threads among parallel lanes, one thread per lane if there are enough jobs, so that no lane waits for
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

  /// The path given with `--model`, else that of the installed model that made the existing records; nil for the
  /// default model.
  private func modelPath() throws -> String? {
    if let named = command.modelOptions.model { return named }
    guard let sha256 = settings.model?.sha256 else { return nil }
    return try InstalledWeights.path(ofSource: sha256)
  }
}

/// The error for records of a part of each track, where CUE sheets say the parts.
private struct RangeWithCueSheets: Error, CustomStringConvertible {
  let range: TimeRange

  var description: String {
    "the records there are of a part of each track (from \(range.start) s\(range.end.map { " to \($0) s" } ?? "")), "
      + "which tracks of CUE sheets cannot be. Choose another output, or leave out --cue"
  }
}

/// Finds and loads classification heads.
private struct HeadFiles {
  let named: [ClassificationHeadModel]
  let engine: EngineOptions
  /// Folders to search for the other heads.
  let folders: [String]

  static func load(_ path: String, _ engine: EngineOptions) throws -> ClassificationHeadModel {
    try ClassificationHeadModel(named: path, options: engine, logger: StandardError.logger)
  }

  /// Returns the head with this identity. Searches the given heads, the installed ones, and the folders of the model
  /// and of the given heads.
  ///
  /// - Throws: ``SettingsError/missingHead(_:)`` if it is not found.
  func head(_ identity: HeadIdentity) throws -> ClassificationHeadModel {
    if let head = named.first(where: { $0.identity == identity }) { return head }
    for folder in folders {
      let path = folder + "/" + identity.name
      guard PathCalls.exists(path) else { continue }
      let head = try Self.load(path, engine)
      if head.identity == identity { return head }
    }
    throw SettingsError.missingHead(identity)
  }
}
