public import ArgumentParser
import MAEST
import MAESTPictures
public import MAESTReport

struct PictureCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "picture",
    abstract: "Draw what a model hears, and where it looks, as PNG or SVG.",
    discussion: """
      Kinds:
        mel         the mel spectrogram that the model is given
        tags        the top tags of the track
        taggram     the top tags over time
        attention   what CLS (or DIST) attends to in each layer, over the mel plane
        rollout     the same, through all layers together
        norms       the length of each token's vector, in each layer
        similarity  how alike each token's vector is to that of one token, in each layer

      The last four are of one window, in the middle of the track (or of the range from --start to --end) unless
      --detail says otherwise. --hop, --hop-seconds, --windows and --at are for tags and taggram alone. The file is
      decoded once; its mel bands are kept in memory, 24 KB a second.

      Examples:
        maest picture taggram track.flac -o taggram.png --hop-seconds 2
        maest picture attention track.flac -o attention.svg --query dist --detail 25
        maest picture similarity track.flac -o similarity.png --token 40
      """)

  /// The kind of picture.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case mel, tags, taggram, attention, rollout, norms, similarity
  }

  @Argument(help: "What to draw, see above.")
  var kind: Kind

  @Argument(help: "Audio file; - for standard input.", completion: .file())
  var file: String

  @OptionGroup var decodingOptions: DecodingOptions
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @OptionGroup var figureOptions: FigureOptions

  @Option(help: "For attention and rollout: cls or dist.")
  var query: AttentionFigures.Query = .cls

  @Option(help: "For similarity: the token that all are compared with: 0 is CLS, 1 DIST, then the grid.")
  var token = 0

  @Option(help: "For .png: pixels a point, 1 to 4.")
  var scale = 2

  @Option(
    name: .shortAndLong, help: "The picture (.png or .svg).", completion: .file(extensions: ["png", "svg"]))
  var output: String

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if !(1...4).contains(scale) { throw ValidationError("--scale \(scale): from 1 to 4") }
    if ![.tags, .taggram].contains(kind), let option = patchOptions.placingOption {
      throw ValidationError(
        "\(option) is for tags and taggram; \(kind.rawValue) takes --start, --end and --detail")
    }
    try requirePictureFormat(ofPath: output)
  }

  func run() throws {
    defer { StandardError.show(progress: "") }
    try attempt(file: file) {
      let model = try modelOptions.load()
      let track = try model.spectrogram(
        ofFileAt: AudioFiles.path(of: file), range: patchOptions.request([]).windows.range,
        loader: decodingOptions.loader)
      printWarnings(track.warnings, of: file)
      try PictureFile.write(figure(model, track), to: output, scale: scale)
      StandardError.show(progress: "")
      printLine("\(output): \(kind.rawValue) of \(file)\(remark(model))")
    }
  }

  private func figure(_ model: MAESTModel, _ track: TrackSpectrogram) throws -> any Figure {
    let layerCount = model.configuration.blockCount
    let tokenTaps = TokenFigures.taps(layerCount: layerCount)
    switch kind {
    case .mel:
      return try TrackFigures(model).melSpectrogram(track.bands, from: track.range?.start ?? 0)
    case .tags:
      return try TrackFigures(model).topTags(tags(model, track).topTags(figureOptions.top))
    case .taggram:
      return try TrackFigures(model).taggram(tags(model, track).curve(ofTopTags: figureOptions.top))
    case .attention:
      let window = try window(model, track, AttentionFigures.layerTaps(layerCount: layerCount))
      return try AttentionFigures(model, track.bands).layers(query, of: window)
    case .rollout:
      let window = try window(model, track, AttentionRollout.taps(layerCount: layerCount))
      return try AttentionFigures(model, track.bands).rollout(query, of: window)
    case .norms:
      return try TokenFigures(model).norms(of: window(model, track, tokenTaps))
    case .similarity:
      let tokenCount = model.configuration.tokenCount
      guard (0..<tokenCount).contains(token) else {
        throw ModelError.noSuchToken(index: token, tokenCount: tokenCount)
      }
      return try TokenFigures(model).similarities(to: token, of: window(model, track, tokenTaps))
    }
  }

  /// The precision, unless the picture shows only the mel bands.
  private func remark(_ model: MAESTModel) -> String { kind == .mel ? "" : model.precision.remark }

  private func tags(_ model: MAESTModel, _ track: TrackSpectrogram) throws -> Analysis {
    try model.analyze(track, patchOptions.request([.logits])) { progress in
      StandardError.show(progress, of: file)
    }
  }

  /// Analyses the detail window of the track, or of the chosen range.
  private func window(
    _ model: MAESTModel, _ track: TrackSpectrogram, _ taps: Set<Tap>
  ) throws -> PatchAnalysis {
    var request = patchOptions.request(taps)
    request.windows.placement = .at([figureOptions.detailPlace])
    let patches = try model.analyze(track, request).patches
    guard let patch = patches.first else { preconditionFailure("an analysis without windows") }
    return patch
  }
}

extension AttentionFigures.Query: ExpressibleByArgument {}
