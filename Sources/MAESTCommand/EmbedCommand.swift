import ArgumentParser
import Foundation
import MAEST

struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Make embeddings of audio files: any layers and poolings, in one pass.",
    discussion: """
      Layers count from 1: layer 7 is the output of the seventh block, before any final norm; 'final' is the last \
      block's output after the final norm.

      Poolings of a patch's tokens, which are CLS, DIST, then the mel grid, frequency-major:
        cls-dist-mean  [3 * embedding]: CLS, DIST and the mean of the grid's tokens side by side (the paper's)
        mean3          [embedding]: the mean of these three
        cls-dist       [embedding]: the mean of CLS and DIST
        cls, dist      [embedding]: one of them
        mean           [embedding]: the mean of all tokens
        tokens         [token, embedding]: all of them as they are
        clsdist-final  cls-dist after the final norm, whatever --layer says (what maest-infer returns)

      Arrays have an axis of patches first, unless --over-patches takes their mean. --l2 comes last, after the mean, \
      so that each vector has norm 1; one of zeros stays.

      Arrays are named by layer, point, pooling and norm: layer07.blockOutput.cls-dist-mean.l2. Files say besides \
      which model and precision they come from and where patches lie: .npz in an array 'metadata' of JSON text, .safetensors in \
      __metadata__, .json in "metadata"; .npy, which holds one array, has no room for it.

      Without -o and --out-dir each file becomes one line of JSON on standard output:
        {"metadata": {"path", "duration", "model", "model_sha256", "precision", "patches": [{"start", "end"}], "arrays":
        {NAME: {"layer", "point", "pooling", "normalization", "over_patches", ...}}, ...}, "arrays": {NAME: {"shape",
        "values"}}}
      Values are nested lists. A file that fails gives {"path", "error": {"stage", "code", "message"}}.

      Examples:
        maest embed track.flac --layer 7 --pooling cls-dist-mean -o track.npy
        maest embed track.flac --layer 12 --pooling tokens -o tokens.npy
        maest embed track.flac --layer all --pooling mean3 --pooling cls --l2 -o track.npz
        maest embed *.mp3 --pooling clsdist-final --over-patches mean --l2 --out-dir embeddings --format safetensors
        maest embed track.flac --over-patches mean | jq '.arrays[].values'
      """)

  @Argument(
    help: "Audio files: wav, aiff, flac, ogg, opus, mp3; others where ffmpeg is installed.",
    completion: .file())
  var files: [String]

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @OptionGroup var embeddingOptions: EmbeddingOptions
  @OptionGroup var outputOptions: EmbeddingOutputOptions

  func validate() throws { try outputOptions.check(files) }

  func run() async throws {
    let (model, request, output) = try attempt {
      let model = try modelOptions.load()
      var request = patchOptions.request([])
      request.embeddings = try embeddingOptions.kinds(layerCount: model.configuration.blockCount)
      return (model, request, try outputOptions.makeOutput())
    }
    try await forEachFile(files) { file, place in
      try output.write(file, request, with: model, place: place)
    } failed: { error, file in
      if output.isJSON { printFailure(error, path: file) }
    }
  }
}
