import ArgumentParser
import MAEST

struct AttentionCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "Write how much tokens attend to each other, patch by patch.",
    discussion: """
      For each layer an array [patch, head, query, token], or [patch, query, token] with --heads mean: the share of \
      its attention that a query pays to each token; each row sums to 1. Layers count from 1. Token 0 is CLS, 1 is \
      DIST; the mel grid's follow, frequency-major: the metadata has the grid's sizes.

      All queries of the 30 s model take 136 MB for each layer and patch, 11 MB with --heads mean: the size is said \
      before the work begins. CLS and DIST alone take 160 KB.

      Arrays are named like layer07.attentionWeights.cls-dist, or layer07.attentionWeights.cls-dist.head-mean.

      Examples:
        maest attention track.flac --layers 12 -o attention.npz
        maest attention track.flac --layers 1-12 --queries cls --heads mean -o attention.npz
        maest attention track.flac --layers 7 --queries 40,41 -o attention.safetensors
        maest attention *.mp3 --layers 12 --heads mean --out-dir attention
        maest attention track.flac --layers 7 --queries all --heads mean --dtype float16 -o attention.npz
      """)

  @OptionGroup var fileArguments: AudioFileArguments
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @Option(
    name: [.customLong("layers"), .customLong("layer")],
    help: "Layers: 7, 1-12, 1,3,5-7 or all; may be repeated. Default: 7.",
    transform: LayerList.layersOnly(parsing:))
  var layers: [LayerList] = []

  @Option(
    help: "Whose attention: cls, dist, token numbers with commas, or all. Default: cls,dist.",
    transform: TokenSelection.init(parsing:))
  var queries: TokenSelection = .leading

  @Option(help: "each: one matrix a head; mean: their mean.")
  var heads: AttentionHeads = .each

  @OptionGroup var fileOptions: ArrayFileOptions
  @OptionGroup var quietOption: QuietOption

  func validate() throws { try fileOptions.requireFiles() }

  func run() async throws {
    let files = fileArguments.search()
    try fileOptions.check(files)
    let (model, request) = try attempt {
      let model = try modelOptions.load()
      let layers = try LayerList.layers(
        layers.isEmpty ? [.seventh] : layers, layerCount: model.configuration.blockCount)
      if queries == .all { announceSize(layerCount: layers.count, model.configuration) }
      let taps = layers.map { Tap.attentionWeights(layer: $0, queries: queries, heads: heads) }
      return (model, patchOptions.request(Set(taps)))
    }
    try await forEachFile(files) { file, place in
      try fileOptions.write(
        file, request, with: model, loader: fileArguments.decodingOptions.loader, place: place)
    } failed: { error, file in
      if fileOptions.json { printFailure(error, path: file) }
    }
  }

  private func announceSize(layerCount: Int, _ configuration: ModelConfiguration) {
    let headCount = heads == .each ? configuration.headCount : 1
    let tokens = configuration.tokenCount
    let bytes = layerCount * headCount * tokens * tokens * fileOptions.dtype.byteCount
    let matrices = "\(layerCount * headCount) matri\(layerCount * headCount == 1 ? "x" : "ces")"
    StandardError.note("each patch takes \(matrices) of [\(tokens), \(tokens)], \(size(bytes))")
  }
}

extension TokenSelection {
  /// Parses tokens given on the command line: "cls,dist", "all", "0,40,41".
  ///
  /// - Throws: `ValidationError` that states the expected syntax.
  init(parsing text: String) throws {
    if text == "all" {
      self = .all
      return
    }
    let indices = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      switch part {
      case "cls": return 0
      case "dist": return 1
      default:
        guard let index = Int(part), index >= 0 else {
          throw ValidationError("'\(part)' names no token: expected cls, dist or a number from 0; or all")
        }
        return index
      }
    }
    self = indices == [0, 1] ? .leading : .tokens(indices)
  }
}
