import ArgumentParser
import MAEST

struct TagCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Print the music styles that a model predicts for audio files.",
    discussion: """
      Each file is decoded, mixed to one channel, resampled to the model's rate and cut into windows, whose mel bands
      are the patches that the model is fed; the printed activations are means over them, or with --over-windows max
      the highest.

      Examples:
        maest tag track.flac --top 5
        maest tag *.mp3 --csv > tags.csv
        maest tag ~/Music/album --json > tags.jsonl
        maest tag film.mkv --audio-stream 2 --downmix itu
        maest tag downloads --damaged refuse
        ffmpeg -i URL -f wav - | maest tag -
        maest tag track.wav --json --all | jq '.activations'
        maest tag short.wav --last-patch repeat
        maest tag track.flac --windows 1
        maest tag track.flac --at 25,50,75 --over-windows max
        maest tag track.flac --start 1:00 --end 1:30
        maest tag track.flac --hop-seconds 1 --last-patch end --curve --top 3 --csv
        maest tag track.wav --head genre_discogs400-discogs-maest-30s-pw-1
        maest tag track.wav --output PartitionedCall/Identity_7 --npy tokens.npy
        maest tag track.wav --output "layer 7" --batch 4
        maest tag track.wav --head head.pb --output activations --npy styles.npy

      --json prints one object a line, one line a file: path, duration, model, precision, tags, and patches:
      [{start, end}] that they were heard in; a file that fails gives {path, error: {stage, code, message}}.
      With --all each object has labels, their activations over the windows, and patches: [{start, end, activations,
      logits}] with every label's value. Where sound of a file is missing or lost, its object has warnings: [{code, at, \
      seconds, message}], and standard error a line for each.

      --curve shows how the track's top tags change over time: for each patch the activations of the labels that are
      highest over the track. As JSON the object has a curve: {labels, activations: [patch, label]} besides.

      --output takes a node's name as Essentia does (PartitionedCall/Identity_7, StatefulPartitionedCall:7), or
      activations, logits, "layer 7". It prints the values themselves, a JSON object for each batch of patches:
      {path, node, model, precision, shape: [patch, 1, token, embedding], values}; what is no number is null. Any node
      can be had where --model is a graph; one within it is computed in single precision. With --head it is a node of the
      head's graph (PartitionedCall/Identity_1), or the head's activations or logits: [patch, 1, 1, label].
      """)

  @OptionGroup var fileArguments: AudioFileArguments
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions
  @OptionGroup var headOptions: HeadOptions
  @OptionGroup var selectionOptions: SelectionOptions

  @Flag(help: "Print JSON, one object a file.")
  var json = false

  @Flag(help: "Print CSV: file, start, end, label, activation.")
  var csv = false

  @Flag(help: "Print the tags of each patch too.")
  var perPatch = false

  @OptionGroup var windowsOption: TagWindowsOption

  @Flag(help: "Print the activations of the track's top tags in each patch, over time.")
  var curve = false

  @Flag(help: "With --json: every label's activation and logit of every patch.")
  var all = false

  @OptionGroup var nodeOptions: NodeOptions
  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv: choose one") }
    if all && !json { throw ValidationError("--all belongs to --json") }
    if curve, all || perPatch {
      throw ValidationError("--curve has every patch already: without --per-patch and --all")
    }
    guard nodeOptions.output != nil else { return }
    if json || csv || perPatch || curve {
      throw ValidationError(
        "--output prints values, not tags: without --json, --csv, --per-patch and --curve")
    }
    if let option = patchOptions.ownOption {
      throw ValidationError("--output takes patches as Essentia does: without \(option)")
    }
  }

  func run() async throws {
    let files = fileArguments.search()
    if let output = nodeOptions.output {
      if nodeOptions.npy != nil { try OutputFolder.requireOne(files, for: "--npy") }
      let printer = NodePrinter(
        output: output, options: nodeOptions, model: modelOptions, patches: patchOptions, head: headOptions,
        loader: fileArguments.decodingOptions.loader)
      let source = try attempt { try printer.load() }
      try await forEachFile(files) { file, _ in
        try await printer.write(source, of: file)
      } failed: { error, file in
        if nodeOptions.npy == nil { printFailure(error, path: file) }
      }
    } else {
      try await printTags(of: files)
    }
  }

  private func printTags(of files: AudioFiles) async throws {
    let (model, head) = try attempt {
      (try modelOptions.load(), try headOptions.load(modelOptions.engine))
    }
    let printer = makePrinter(head: head)
    printer.begin()
    let request = patchOptions.request([.logits])
    try await forEachFile(files) { file, place in
      let analysis = try model.analyze(
        fileAt: file.path, request, head: head, loader: fileArguments.decodingOptions.loader
      ) { progress in
        StandardError.show(progress, of: place + file.name)
      }
      StandardError.show(progress: "")
      printWarnings(analysis.warnings, of: file.name)
      try printer.write(analysis, of: file.name, model: model)
    } failed: { error, file in
      printer.write(failure: error, of: file)
    }
  }

  private func makePrinter(head: ClassificationHeadModel?) -> any TagPrinter {
    let selection = TagSelection(selectionOptions, perPatch: perPatch, aggregation: windowsOption.aggregation)
    if json {
      return TagJSON(
        selection: selection, content: curve ? .curve : all ? .everyValue : .tags, head: head)
    }
    if curve { return csv ? CurveCSV(selection: selection) : CurveTable(selection: selection) }
    return csv
      ? TagCSV(selection: selection)
      : TagTable(selection: selection, showsWindows: patchOptions.isPartial)
  }
}
