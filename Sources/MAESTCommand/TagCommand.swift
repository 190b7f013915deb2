import ArgumentParser
import MAEST

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Print the music styles that a model hears in audio files.",
    discussion: """
      Each file is decoded, mixed to one channel, resampled to the model's rate and cut into patches; the printed
      activations are means over patches.

      Examples:
        maest tag track.flac --top 5
        maest tag *.mp3 --csv > tags.csv
        maest tag track.wav --json --all | jq '.mean'
        maest tag short.wav --last-patch repeat

      --json prints one object a line, one line a file; a file that fails gives {"file", "error"}.
      With --all each object has patches: [{start, end, activations, logits}] with every label's value in label
      order (see maest labels), and mean.
      """)

  @Argument(help: "Audio files: wav, aiff, flac, ogg, opus, mp3.", completion: .file())
  var files: [String]

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @Flag(help: "Print JSON, one object a file.")
  var json = false

  @Flag(help: "Print CSV: file, start, end, label, activation.")
  var csv = false

  @Option(help: "Labels printed, highest activation first.")
  var top = 10

  @Option(help: "Leave out activations below this.")
  var threshold: Float = 0

  @Flag(help: "Print the tags of each patch too.")
  var perPatch = false

  @Flag(help: "With --json: every label's activation and logit of every patch.")
  var all = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv: choose one") }
    if all && !json { throw ValidationError("--all belongs to --json") }
    if top < 1 { throw ValidationError("--top \(top): at least 1 is needed") }
    if !(0...1).contains(threshold) { throw ValidationError("--threshold \(threshold): from 0 to 1") }
  }

  func run() throws {
    let printer = makePrinter()
    let model = try attempt { try modelOptions.load() }
    printer.begin()
    var failureCount = 0
    for (index, file) in files.enumerated() {
      do {
        let analysis = try model.analyze(fileAt: file, patchOptions.request([.logits])) { done, total in
          StandardError.show(progress: "file \(index + 1)/\(files.count), patch \(done)/\(total) \(file)")
        }
        StandardError.show(progress: "")
        try printer.write(analysis, of: file, model: model)
      } catch {
        failureCount += 1
        StandardError.show(progress: "")
        report(error, file: file)
        printer.write(failure: error, of: file)
      }
    }
    if failureCount > 0 {
      if files.count > 1 { StandardError.print("maest: \(failureCount) of \(files.count) files failed") }
      throw ExitCode.failure
    }
  }

  private func makePrinter() -> any TagPrinter {
    let selection = TagSelection(count: top, threshold: threshold, perPatch: perPatch)
    if json { return TagJSON(selection: selection, includesAll: all) }
    if csv { return TagCSV(selection: selection) }
    return TagTable(selection: selection)
  }
}
