import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

struct EmbedCommand: AsyncParsableCommand, QuietableCommand {
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

      Each window of the track gives a patch and a vector: arrays have an axis of patches first, unless --over-windows \
      makes one vector of them, their mean or the highest of each number. --l2 comes last, so that each vector has norm 1; \
      a vector of zeros is unchanged.

      Arrays are named by layer, point, pooling and norm: layer07.blockOutput.cls-dist-mean.l2. Files say besides \
      which model and precision they come from and where patches lie: .npz in an array 'metadata' of JSON text, .safetensors in \
      __metadata__, .json in "metadata"; .npy, which holds one array, has no room for it.

      Without -o and --out-dir each file becomes one line of JSON on standard output:
        {"metadata": {"path", "duration", "model", "model_sha256", "precision", "patches": [{"start", "end"}], "arrays":
        {NAME: {"layer", "point", "pooling", "normalization", "over_windows", ...}}, ...}, "arrays": {NAME: {"shape",
        "values"}}}
      Values are nested lists. A file that fails gives {"path", "error": {"stage", "code", "message"}}.

      Examples:
        maest embed track.flac --layer 7 --pooling cls-dist-mean -o track.npy
        maest embed track.flac --layer 12 --pooling tokens -o tokens.npy
        maest embed track.flac --layer all --pooling mean3 --pooling cls --l2 -o track.npz
        maest embed *.mp3 --pooling clsdist-final --over-windows mean --l2 --out-dir embeddings --format safetensors
        maest embed ~/Music/album --over-windows mean --out-dir embeddings
        maest embed track.flac --over-windows mean | jq '.arrays[].values'
      """)

  @OptionGroup var fileArguments: AudioFileArguments
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @OptionGroup var embeddingOptions: EmbeddingOptions
  @OptionGroup var windowsOption: EmbeddingWindowsOption
  @OptionGroup var outputOptions: ArrayFileOptions
  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if outputOptions.json, !outputOptions.namesFiles {
      throw ValidationError("--json belongs to -o or --out-dir; without them the output is JSON anyway")
    }
  }

  func run() async throws {
    let files = fileArguments.search()
    try outputOptions.check(files)
    let (model, request) = try attempt {
      let model = try modelOptions.load()
      var request = patchOptions.request([])
      request.embeddings = try embeddingOptions.kinds(
        layerCount: model.configuration.blockCount, overWindows: windowsOption.aggregation)
      return (model, request)
    }
    try await forEachFile(files) { file, place in
      if outputOptions.namesFiles {
        try outputOptions.write(
          file, request, with: model, loader: fileArguments.decodingOptions.loader, place: place)
      } else {
        try printArrays(of: file, request, with: model, place: place)
      }
    } failed: { error, file in
      if outputOptions.json || !outputOptions.namesFiles { printFailure(error, path: file) }
    }
  }

  /// Prints the arrays with all values as a line of JSON.
  private func printArrays(
    of file: AudioFiles.Item, _ request: AnalysisRequest, with model: MAESTModel, place: String
  ) throws {
    let writer = try ArrayFileWriter(jsonTo: "standard output", elementType: outputOptions.dtype) { piece in
      StandardError.show(progress: "")
      print(String(decoding: piece, as: UTF8.self), terminator: "")
    }
    let metadata = try model.writeArrays(
      ofFileAt: file.path, request, loader: fileArguments.decodingOptions.loader, to: writer
    ) { progress in
      StandardError.show(progress, of: place + file.name)
    }
    try StandardOutput.flush()
    printWarnings(metadata.warnings, of: file.name)
  }
}
