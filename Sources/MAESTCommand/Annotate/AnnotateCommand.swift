import ArgumentParser
import Foundation
import MAEST
import MAESTLibrary

struct AnnotateCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate",
    abstract: "Go through a whole library: tags and embeddings of every track, resumable.",
    discussion: """
      Each track becomes one record: tags, embeddings where --layer or --pooling asks for them (see maest embed), \
      and which model, settings and state of the file they come from; or why it failed. Tracks that fail do not stop \
      the others.

      A run that was stopped or killed, or whose disk was full, goes on when the same command is run again. Each \
      track is recorded once: those whose contents have not changed are left alone (a file that was only touched is \
      not analysed again), others are made again in place of the old record. Tracks that failed are left alone too, \
      unless --retry-failed; a failure never takes the place of annotations of the same contents.

      Of a damaged file what can be decoded is analysed: its record is partial, and says what is missing \
      (--retry-partial makes it again, --damaged refuse lets such files fail). A file that was moved or retagged is \
      recognised by its sound, and keeps its numbers. --cue makes a record of each track of albums with a CUE sheet.

      An output has one model, precision and settings. A run goes on with those that are there, so that they need not be \
      named again; one that names others is refused and says the difference. --add computes what is named beside what \
      is there: another embedding, another head, tags; --replace makes the records again. Records of tracks that are gone \
      stay until --prune.

      Examples:
        maest annotate ~/Music --out library.jsonl
        maest annotate ~/Music --out library.sqlite --layer 7 --pooling mean3 --over-windows mean --l2
        maest annotate 'music/**/*.flac' --out annotations/ --format npy --layer 7
        find /music -name '*.mp3' -newer last | maest annotate - --out new.jsonl
        maest annotate ~/Music --out library.sqlite --add --layer 9
        maest annotate ~/Music --out library.jsonl --dry-run
        maest annotate ~/Music --out library.jsonl --prune
        maest annotate ~/Music --out library.jsonl --cue --retry-partial
        maest annotate ~/Films --out films.jsonl --downmix itu --damaged refuse
        maest annotate /music --out part-3.jsonl --shard 3/8
        maest merge part-*.jsonl --out library.jsonl

      Records are JSON, a line a track (library.jsonl); tables (library.sqlite); or a file a track in a folder, with \
      embeddings in it (--format json) or in .npy files beside it (--format npy). --out - prints lines of JSON.

      A first Ctrl-C ends the analysis and writes the records of complete tracks; a second one stops at once, and \
      nothing is lost either way.

      Exit codes: 0 all tracks are recorded as done or partial; 1 some failed, in this run or an earlier one, or are missing, and \
      all that were found are recorded; 2 the output cannot be written or has records of other settings, the model cannot \
      be loaded, none of the paths is there; 130 interrupted; 64 the command line is wrong.
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
  @OptionGroup var settingsOptions: AnnotateSettingsOptions
  @OptionGroup var runOptions: AnnotateRunOptions
  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if quietOption.quiet, runOptions.progress != .auto {
      throw ValidationError("--quiet and --progress: choose one")
    }
    if runOptions.cue, settingsOptions.patchOptions.hopOptions.isRange {
      throw ValidationError(
        "--cue and --start or --end: choose one, since a CUE sheet says the parts of a file")
    }
    if paths.isEmpty && fromFile.isEmpty {
      throw ValidationError("no tracks: name files or folders, or a list with --from-file")
    }
    if paths.filter({ $0 == "-" }).count + fromFile.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("standard input can be read once")
    }
  }

  /// The printer of the run's progress.
  ///
  /// - Parameter total: number of tracks to analyse; nil if unknown.
  func progressPrinter(total: Int?) -> AnnotateProgressPrinter {
    AnnotateProgressPrinter(runOptions.progress, isQuiet: quietOption.quiet, total: total)
  }

  func run() throws {
    try AnnotateSession(command: self).run()
  }

  var search: TrackSearch {
    TrackSearch(
      paths.map { $0 == "-" ? .list("-") : .path($0) } + fromFile.map { .list($0) },
      root: runOptions.relativeTo, shard: runOptions.shard)
  }

  /// Whether paths are read from standard input during the run, with records printed as they are made.
  var isStreaming: Bool {
    outputOptions.isStandardOutput && paths + fromFile == ["-"] && !runOptions.dryRun
  }
}
