import ArgumentParser
import MAEST

struct TokensCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Write the tokens of layers, or the attention's queries, keys and values, patch by patch.",
    discussion: """
      Layers count from 1. Token 0 is CLS, 1 is DIST; the mel grid's follow, frequency-major.

      Points:
        blockOutput      [patch, token, embedding]: a block's output, before any final norm
        attentionOutput  [patch, token, embedding]: its attention's, before it is added to the block's input
        queries, keys, values  [patch, token, head, width]: inside the attention, bias included, before the scale
        finalNorm        [patch, token, embedding]: the last block's output after the final norm; of no layer

      Arrays are named like layer07.blockOutput. What is written does not stay in memory, however long the file. \
      --tags adds the arrays logits and activations [patch, label] of the same pass, and their labels to the metadata.

      Examples:
        maest tokens track.flac --layers 7 -o tokens.npy
        maest tokens track.flac --layers 1-12 -o tokens.npz
        maest tokens track.flac --layers all --point keys --point values --dtype float16 -o tokens.safetensors
        maest tokens *.mp3 --layers 7 --out-dir tokens --format npy
        maest tokens track.flac --layers 7,12 --point finalNorm --point blockOutput --tags -o tokens.npz
      """)

  @OptionGroup var fileArguments: AudioFileArguments
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions
  @OptionGroup var headOptions: HeadOptions

  @Option(
    name: [.customLong("layers"), .customLong("layer")],
    help: "Layers: 7, 1-12, 1,3,5-7 or all; may be repeated. Default: 7.",
    transform: LayerList.layersOnly(parsing:))
  var layers: [LayerList] = []

  @Option(help: "Points, see above; may be repeated. Default: blockOutput.")
  var point: [Point] = []

  @Flag(help: "Write logits and activations too.")
  var tags = false

  @OptionGroup var fileOptions: ArrayFileOptions
  @OptionGroup var quietOption: QuietOption

  enum Point: String, CaseIterable, ExpressibleByArgument {
    case blockOutput, attentionOutput, queries, keys, values, finalNorm
  }

  func validate() throws {
    if headOptions.head != nil, !tags { throw ValidationError("--head belongs to --tags") }
    try fileOptions.requireFiles()
  }

  func run() async throws {
    let files = fileArguments.search()
    try fileOptions.check(files)
    let (model, head, request) = try attempt {
      let model = try modelOptions.load()
      let taps = try taps(layerCount: model.configuration.blockCount)
      return (model, try headOptions.load(modelOptions.engine), patchOptions.request(taps))
    }
    try await forEachFile(files) { file, place in
      try fileOptions.write(
        file, request, with: model, head: head, loader: fileArguments.decodingOptions.loader, place: place)
    } failed: { error, file in
      if fileOptions.json { printFailure(error, path: file) }
    }
  }

  private func taps(layerCount: Int) throws(ModelError) -> Set<Tap> {
    let layers = try LayerList.layers(layers.isEmpty ? [.seventh] : layers, layerCount: layerCount)
    var taps: Set<Tap> = tags ? [.logits] : []
    for point in point.isEmpty ? [.blockOutput] : point {
      switch point {
      case .finalNorm: taps.insert(.finalNorm())
      case .blockOutput: taps.formUnion(layers.map { .blockOutput(layer: $0) })
      case .attentionOutput: taps.formUnion(layers.map { .attentionOutput(layer: $0) })
      case .queries: taps.formUnion(layers.map { .queries(layer: $0) })
      case .keys: taps.formUnion(layers.map { .keys(layer: $0) })
      case .values: taps.formUnion(layers.map { .values(layer: $0) })
      }
    }
    return taps
  }
}
