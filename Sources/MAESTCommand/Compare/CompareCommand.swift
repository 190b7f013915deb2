import ArgumentParser
import MAEST
import MAESTHub
import MAESTReport

struct CompareCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Set two models, or two precisions of one, side by side on the same audio, layer by layer.",
    discussion: """
      For each layer's tokens: the relative error ‖A - B‖ / ‖B‖, the mean and the lowest cosine of a token's vectors, \
      and the token that is farthest off. For models of the same labels also logits, activations, and how many of the \
      10 highest labels both have in common. B is the reference.

      Two models come before the files. With --model one model stands for both sides, and all arguments are files; with \
      --precision alone it is the default model. --precision takes the next one or two words that are precisions, A's \
      and then B's; further words are files.

      Examples:
        maest compare old.safetensors new.safetensors track.flac
        maest compare 30s-pw-1 30s-pw-2 *.mp3 --json
        maest compare --precision int16 exact track.flac
        maest compare --model 30s-pw-2 --precision high exact *.mp3
        maest compare old.safetensors new.safetensors track.flac --precision fast
        maest compare --model model.safetensors track.flac --reference-backend reference
        maest compare a.pb b.pb track.flac --picture difference.png
      """)

  @Argument(
    help:
      "Models A and B, the reference, unless one stands for both; then audio files, - for standard input.",
    completion: .file())
  var words: [String] = []

  @Option(
    help: "The model on both sides: as for maest tag --model.",
    completion: .file(extensions: ["safetensors", "pb"]))
  var model: String?

  @Option(
    parsing: .upToNextOption,
    help: """
      How exactly A is computed, and B: one or two of exact, high, bf16, int16, fast and auto, as for maest tag. One: both of two \
      models; with one model A, and B is exact. Default: exact.
      """,
    completion: .list(EngineOptions.Precision.allCases.map(\.rawValue)))
  var precision: [String] = []

  @OptionGroup var emulation: EmulationOptions

  @Option(help: "Threads at most. Default: the physical cores that the process may use.")
  var threads: Int?

  @Option(
    help: "Who multiplies matrices for A: automatic, builtin, openblas, accelerate or reference (slow).")
  var backend: EngineOptions.Backend = .automatic

  @Option(help: "The same for B. Default: as for A.")
  var referenceBackend: EngineOptions.Backend?

  @OptionGroup var decodingOptions: DecodingOptions
  @OptionGroup var patchOptions: PatchOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: "Draw the layers' differences to this file (.png or .svg).",
    completion: .file(extensions: ["png", "svg"]))
  var picture: String?

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    try requireThreads(threads)
    if let picture { try requirePictureFormat(ofPath: picture) }
    if try sides.isOneModelInOnePrecision, referenceBackend ?? backend == backend {
      throw ValidationError(
        "both sides are the same: name two models, two precisions (--precision fast exact) or two backends")
    }
  }

  private var sides: ComparedSides {
    get throws { try ComparedSides(words: words, model: model, precisionWords: precision) }
  }

  func run() async throws {
    let sides = try sides
    let (first, second, comparison) = try attempt {
      let first = try load(sides.model, backend, sides.precision)
      // Use the first model's path, so that the choice of the default model is logged once only.
      let second = try load(
        sides.reference ?? first.path, referenceBackend ?? backend, sides.referencePrecision)
      return (first, second, try ModelComparison(first, second))
    }
    var difference: ModelDifference?
    var warnings: [DifferenceSummary.Warning] = []
    var failure: (any Error)?
    do {
      try await forEachFile(AudioFiles(sides.files)) { file, place in
        // A file that fails leaves `difference` unchanged.
        let compared = try comparison.compare(
          fileAt: file.path, patchOptions.request([]), loader: decodingOptions.loader, continuing: difference
        ) { progress in
          StandardError.show(progress, of: place + file.name)
        }
        StandardError.show(progress: "")
        let found = compared.warnings.dropFirst(difference?.warnings.count ?? 0)
        printWarnings(Array(found), of: file.name)
        warnings += found.map { DifferenceSummary.Warning(["path": file.name], $0) }
        difference = compared
      } failed: { error, file in
        if json { printFailure(error, path: file) }
      }
    } catch {
      failure = error
    }
    if let difference {
      try write(
        DifferenceSummary(
          difference, .init(first, named: sides.model),
          reference: .init(second, named: sides.reference), warnings: warnings), difference)
    }
    if let failure { throw failure }
  }

  private func write(_ summary: DifferenceSummary, _ difference: ModelDifference) throws {
    try attempt {
      if json { print(try jsonLine(summary)) } else { summary.printTable() }
      if let picture {
        try PictureFile.write(difference.figure(), to: picture)
        StandardError.note("\(picture): the differences, drawn")
      }
    }
  }

  private func load(
    _ name: String?, _ backend: EngineOptions.Backend, _ precision: EngineOptions.Precision
  ) throws -> MAESTModel {
    let options = EngineOptions(
      threadCount: threads, backend: backend, precision: precision, allowsEmulation: emulation.allowEmulation)
    return try MAESTModel(named: name, options: options, logger: StandardError.logger)
  }
}
