import ArgumentParser
import MAEST
import MAESTLibrary

/// Options for what is recorded of each track. Options that are not given default to the settings of the existing
/// records.
struct AnnotateSettingsOptions: ParsableArguments {
  @Option(
    help: """
      Classification head in a file of its own (.pb or .onnx), or the name of an installed one, fed with the last \
      layer's tokens in place of the model's head; further ones are recorded beside the first. May be repeated.
      """,
    completion: .file(extensions: ["pb", "onnx"]))
  var head: [String] = []

  @Flag(inversion: .prefixedNo, help: "Record tags. Default: yes; --no-tags: embeddings only.")
  var tags: Bool?

  @Option(help: "Labels recorded, highest activation first. Default: 10.")
  var top: Int?

  @Option(help: "Leave out activations below this. Default: 0.")
  var threshold: Float?

  @OptionGroup var windowsOption: AnnotateWindowsOption

  @Flag(
    inversion: .prefixedNo, help: "Record the activations of the top tags in each patch too. Default: no.")
  var curve: Bool?

  @OptionGroup var embeddingOptions: EmbeddingOptions

  @Flag(help: "No embeddings, where the records that are there have some.")
  var noEmbeddings = false

  @OptionGroup var patchOptions: PatchOptions
  @OptionGroup var streamOption: AudioStreamOption
  @OptionGroup var decodingOptions: AnnotateDecodingOptions

  /// Whether any option for embeddings is given.
  private var asksForEmbeddings: Bool { embeddingOptions.isUsed || windowsOption.namesEmbeddings }

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top): at least 1 is needed") }
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold \(threshold): from 0 to 1")
    }
    if tags == false, !asksForEmbeddings || curve == true || !head.isEmpty {
      throw ValidationError(
        curve == true || !head.isEmpty
          ? "--curve and --head are of tags: without --no-tags"
          : "--no-tags leaves nothing: add --layer or --pooling")
    }
    if noEmbeddings, asksForEmbeddings {
      throw ValidationError("--no-embeddings and options for embeddings: choose one")
    }
    if patchOptions.patchSize != nil {
      throw ValidationError("--patch-size: the model's own is the only one")
    }
  }

  /// The requested settings.
  func wishes(layerCount: Int, heads: [HeadIdentity]) throws(ModelError) -> AnnotationWishes {
    var wishes = AnnotationWishes()
    wishes.hasTags = tags
    wishes.labelCount = top
    wishes.threshold = threshold
    wishes.aggregation = windowsOption.aggregationOfTags
    wishes.hasCurve = curve
    if asksForEmbeddings {
      wishes.embeddings = try embeddingOptions.kinds(
        layerCount: layerCount, overWindows: windowsOption.aggregationOfEmbeddings)
    }
    if noEmbeddings { wishes.embeddings = [] }
    if patchOptions.isUsed { wishes.windows = patchOptions.request([]).windows }
    wishes.audioStream = streamOption.audioStream
    wishes.downmix = decodingOptions.downmix?.downmix
    wishes.heads = heads
    return wishes
  }
}
