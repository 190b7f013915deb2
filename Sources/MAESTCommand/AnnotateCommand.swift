import ArgumentParser
import Foundation
import MAEST
import MAESTLibrary

struct AnnotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate",
    abstract: "Go through a whole library: tags and embeddings of every track, resumable.",
    discussion: """
      Each track becomes one record: tags, embeddings where --layer or --pooling asks for them (see maest embed), \
      and which model, settings and state of the file they come from; or why it failed. Tracks that fail do not stop \
      the others.

      A run that was stopped or killed, or whose disk was full, goes on when the same command is run again. Each \
      track is recorded once: those whose file and settings have not changed are left alone, others are made again in \
      place of the old record. Tracks that failed are left alone too, unless --retry-failed. Records of another \
      --precision are not added to an output: it takes one of its own.

      Examples:
        maest annotate ~/Music --out library.jsonl
        maest annotate ~/Music --out library.sqlite --layer 7 --pooling mean3 --over-patches mean --l2
        maest annotate 'music/**/*.flac' --out annotations/ --format npy --layer 7
        find /music -name '*.mp3' -newer last | maest annotate - --out new.jsonl
        maest annotate ~/Music --out library.jsonl --dry-run
        maest annotate /music --out part-3.jsonl --shard 3/8
        maest merge part-*.jsonl --out library.jsonl

      Records are JSON, a line a track (library.jsonl); tables (library.sqlite); or a file a track in a folder, with \
      embeddings in it (--format json) or in .npy files beside it (--format npy). --out - prints lines of JSON.

      A first Ctrl-C finishes the patches at hand and writes what is complete; a second one stops at once, and \
      nothing is lost either way.

      Exit codes: 0 all tracks done; 1 some failed, or the output cannot be written; 130 interrupted; 64 the command \
      line is wrong.
      """)

  @Argument(
    help: """
      Audio files, folders (all audio files in them), quoted patterns ('music/**/*.flac'); -: a list on standard \
      input, one path a line.
      """,
    completion: .file())
  var paths: [String] = []

  @Option(help: "A file with a path on each line; may be repeated.", completion: .file())
  var fromFile: [String] = []

  @OptionGroup var outputOptions: AnnotateOutputOptions
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var headOptions: HeadOptions
  @OptionGroup var patchOptions: PatchOptions
  @OptionGroup var selectionOptions: SelectionOptions

  @Flag(help: "No tags: embeddings only.")
  var noTags = false

  @Option(help: "How the windows' activations become one of the track: their mean or max.")
  var overWindows: WindowAggregation = .mean

  @Flag(help: "Record the activations of the top tags in each patch too.")
  var curve = false

  @OptionGroup var embeddingOptions: EmbeddingOptions
  @OptionGroup var runOptions: AnnotateRunOptions

  func validate() throws {
    if paths.isEmpty && fromFile.isEmpty {
      throw ValidationError("no tracks: name files or folders, or a list with --from-file")
    }
    if paths.filter({ $0 == "-" }).count + fromFile.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("standard input can be read once")
    }
    if noTags, !embeddingOptions.isUsed || curve {
      throw ValidationError(
        curve ? "--curve is of tags: without --no-tags" : "--no-tags leaves nothing: add --layer or --pooling"
      )
    }
    if patchOptions.patchSize != nil {
      throw ValidationError("--patch-size: the model's own is the only one")
    }
  }

  func run() throws {
    try AnnotateSession(command: self).run()
  }

  /// What is recorded.
  func settings(layerCount: Int) throws -> AnnotationSettings {
    AnnotationSettings(
      tags: noTags
        ? nil
        : AnnotationSettings.Tags(
          count: selectionOptions.top, threshold: selectionOptions.threshold, aggregation: overWindows,
          hasCurve: curve),
      embeddings: embeddingOptions.isUsed ? try embeddingOptions.kinds(layerCount: layerCount) : [],
      windows: patchOptions.request([]).windows)
  }

  var search: TrackSearch {
    TrackSearch(
      paths.map { $0 == "-" ? .list("-") : .path($0) } + fromFile.map { .list($0) },
      root: runOptions.relativeTo, shard: runOptions.shard)
  }

  /// Whether tracks are named one after the other while the run goes on.
  var isStreaming: Bool {
    outputOptions.isStandardOutput && paths + fromFile == ["-"] && !runOptions.dryRun
  }
}
