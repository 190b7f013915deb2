import ArgumentParser
import MAEST
import MAESTReport

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Set two models, or two ways to compute one, side by side on the same audio, layer by layer.",
    discussion: """
      For each layer's tokens: the relative error ‖A - B‖ / ‖B‖, the mean and the lowest cosine of a token's vectors,
      and the token that is farthest off. For models of the same labels also logits, activations, and how many of the
      10 highest labels both have in common. B is the reference.

      Examples:
        maest compare old.safetensors new.safetensors track.flac
        maest compare 30s-pw-1 30s-pw-2 *.mp3 --json
        maest compare model.safetensors model.safetensors track.flac --reference-backend reference
        maest compare a.pb b.pb track.flac --picture difference.png
      """)

  @Argument(help: "Model A: as for maest tag --model.", completion: .file(extensions: ["safetensors", "pb"]))
  var model: String

  @Argument(
    help: "Model B, the reference; may be the same.", completion: .file(extensions: ["safetensors", "pb"]))
  var reference: String

  @Argument(help: "Audio files.", completion: .file())
  var files: [String]

  @Option(help: "Threads at most. Default: the physical cores that the process may use.")
  var threads: Int?

  @Option(
    help: "Who multiplies matrices for A: automatic, builtin, openblas, accelerate or reference (slow).")
  var backend: EngineOptions.Backend = .automatic

  @Option(help: "The same for B. Default: as for A.")
  var referenceBackend: EngineOptions.Backend?

  @OptionGroup var patchOptions: PatchOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: "Draw the layers' differences to this file (.png or .svg).",
    completion: .file(extensions: ["png", "svg"]))
  var picture: String?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 is needed") }
    if let picture { try requirePictureFormat(ofPath: picture) }
  }

  func run() async throws {
    let comparison = try attempt {
      try ModelComparison(load(model, backend), load(reference, referenceBackend ?? backend))
    }
    var difference: ModelDifference?
    var failure: (any Error)?
    do {
      try await forEachFile(files) { file, place in
        // Of a file that fails nothing is counted.
        difference = try comparison.compare(
          fileAt: file, patchOptions.request([]), continuing: difference
        ) { done, total in
          StandardError.show(patches: done, of: total, file: place + file)
        }
        StandardError.show(progress: "")
      }
    } catch {
      failure = error
    }
    if let difference { try write(difference) }
    if let failure { throw failure }
  }

  private func write(_ difference: ModelDifference) throws {
    try attempt {
      let summary = DifferenceSummary(difference, model: model, reference: reference)
      if json { print(try jsonLine(summary, snakeCase: true)) } else { summary.printTable() }
      if let picture {
        try PictureFile.write(difference.figure(), to: picture)
        StandardError.print("\(picture): the differences, drawn")
      }
    }
  }

  private func load(_ name: String, _ backend: EngineOptions.Backend) throws -> MAESTModel {
    try MAESTModel(
      path: name, options: EngineOptions(threadCount: threads, backend: backend), logger: StandardError.logger
    )
  }
}
