import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTHub

/// Manages the official models.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List, download, check and remove the official models and classification heads.",
    discussion: """
      The weights are licensed under CC BY-NC-SA 4.0: non-commercial use only. They are fetched from \
      essentia.upf.edu and converted once; afterwards their names work wherever a model is asked for. The names of \
      classification heads, which are kept as they come, work wherever a head is.

      Examples:
        maest models list
        maest models pull 30s-pw-519l --accept-license
        maest tag track.flac --model 30s-pw-519l
        maest models pull genre_discogs400-discogs-maest-30s-pw-1
        maest tag track.flac --model 30s-pw --head genre_discogs400-discogs-maest-30s-pw-1
      """,
    subcommands: [
      ModelsListCommand.self, ModelsPullCommand.self, ModelsVerifyCommand.self, ModelsRemoveCommand.self,
    ])
}

/// The model catalogue and the folder of installed models.
struct CatalogueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Another list of models (JSON) instead of the built-in one.", visibility: .hidden),
    completion: .file(extensions: ["json"]))
  var catalogue: String?

  var store: ModelStore { .standard }

  func load() throws -> ModelCatalogue {
    guard let catalogue else { return .official }
    guard let json = PathCalls.contents(ofFile: catalogue) else {
      throw CatalogueError.badCatalogue(origin: catalogue, reason: "it cannot be read")
    }
    return try ModelCatalogue(json: json, origin: catalogue)
  }

  /// The installed or official head with this name; nil if there is none.
  func resolveHead(_ name: String) throws -> (name: String, head: OfficialHead?)? {
    let head = try load().head(named: name)
    if let head { return (head.name, head) }
    return ModelCatalogue.isName(name) && store.isHeadInstalled(name) ? (name, nil) : nil
  }

  /// The installed or official model with this name or alias.
  func resolve(_ name: String) throws -> (name: String, model: OfficialModel?) {
    try store.resolve(name, in: load())
  }
}

/// Formats a size in megabytes (10^6 bytes), or in kilobytes below 1 MB, with one decimal.
func size(_ byteCount: Int) -> String {
  byteCount < 1_000_000
    ? fixed(Float(Double(byteCount) / 1e3), digits: 1) + " kB"
    : fixed(Float(Double(byteCount) / 1e6), digits: 1) + " MB"
}
