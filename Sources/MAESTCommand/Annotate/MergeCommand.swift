import ArgumentParser
import MAEST
import MAESTFiles
import MAESTLibrary

struct MergeCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make one file of several with records of maest annotate.",
    discussion: """
      Inputs are JSON lines and SQLite databases, told apart by their contents; the output's ending decides what it
      becomes: .jsonl, .sqlite or .db. So one input alone is converted.

      A path is in the output once. Of several records of it, identical ones count once; else one that is done goes
      before one that is partial, and that before one that failed, then the one of the later state of the audio file, then the one of the last input. The
      output is sorted by path (UTF-8 bytes); merging it with its inputs once more gives the same bytes. A last line
      that was cut off, by a run that was killed, is left out with a warning.

      All records are of one model, precision and settings: inputs with records of two are refused, unless --precision \
      chooses between them, or --mixed lets them stand beside each other.

      Inputs are only read, and the output appears when it is complete: an output that exists is replaced if it is one
      of the inputs, or with --force.

      Examples:
        maest merge shard-*.jsonl --out library.jsonl
        maest merge library.sqlite new.jsonl --out library.sqlite
        maest merge library.jsonl --out library.sqlite --force --json
        maest merge shard-*.jsonl --out exact.jsonl --precision exact
      """)

  @Argument(
    help: "Files of JSON lines and databases.", completion: .file(extensions: ["jsonl", "sqlite", "db"]))
  var inputs: [String]

  @Option(
    help: "Output file: .jsonl, .sqlite or .db.", completion: .file(extensions: ["jsonl", "sqlite", "db"]))
  var out: String

  @Option(help: "Take records of this precision only: exact, high, bf16 or int16; others are left out.")
  var precision: EngineOptions.Precision?

  @Flag(
    help: "Let records of several models, precisions and settings stand beside each other: each says its own."
  )
  var mixed = false

  @Flag(help: "Replace an output that exists.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    if RecordFileFormat(nameOf: out) == nil {
      throw ValidationError("--out \(out): its ending must be .jsonl, .sqlite or .db")
    }
    if let precision, precision == .auto || precision == .fast {
      throw ValidationError(
        """
        --precision \(precision.rawValue): records are exact, high, bf16 or int16, whatever \(precision.rawValue) was \
        on the machine that made them
        """)
    }
  }

  func run() throws {
    try attempt {
      var merge = try RecordMerge(inputs: inputs, output: out, precision: precision)
      merge.mixesSettings = mixed
      let summary: MergeSummary
      do throws(RecordOutputError) { summary = try merge.run(replacing: force) } catch {
        guard case .mixedSettings = error else { throw error }
        throw MixedSettings(error: error)
      }
      for input in summary.inputs {
        guard let line = input.cutLine else { continue }
        StandardError.note("\(input.path): line \(line), the last, was cut off and is left out")
      }
      if json { print(try jsonLine(summary)) } else { summary.printTable() }
    }
  }
}

/// The error for inputs with different settings, with the options that help.
private struct MixedSettings: Error, CustomStringConvertible {
  let error: RecordOutputError
  var description: String { "\(error) (--precision, --mixed)" }
}

extension MergeSummary {
  fileprivate func printTable() {
    let tracks = trackCount == 1 ? "1 track" : "\(trackCount) tracks"
    let partial = partialCount > 0 ? ", \(partialCount) partial" : ""
    printLine("\(output)  \(tracks): \(doneCount) done\(partial), \(failedCount) failed")
    let table =
      [("input", "records", "kept")]
      + inputs.map { ($0.path.printable, "\($0.recordCount)", "\($0.keptCount)") }
    let widths = table.reduce(into: (0, 0, 0)) {
      $0 = (max($0.0, $1.0.count), max($0.1, $1.1.count), max($0.2, $1.2.count))
    }
    for row in table {
      let name = row.0 + String(repeating: " ", count: widths.0 - row.0.count)
      let records = String(repeating: " ", count: widths.1 - row.1.count) + row.1
      let kept = String(repeating: " ", count: widths.2 - row.2.count) + row.2
      printLine("  \(name)  \(records)  \(kept)")
    }
    printLine(
      "  \(duplicateCount) there twice, \(replacedCount) replaced by another record of the same track")
    if leftOutCount > 0 { printLine("  \(leftOutCount) left out, of another precision") }
  }
}
