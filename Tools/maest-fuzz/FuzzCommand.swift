import ArgumentParser
import Foundation
import MAESTFuzzing

@main
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest-fuzz",
    abstract: "Feed damaged and hostile files to the readers of models, of audio and of records.",
    discussion: """
      Every input is made from a seed file by seeded changes. Models are read, recognised and turned into parameters as
      maest-convert does, and small ones are run on a patch; audio is decoded to its end as maest tag does, without
      ffmpeg; records are merged. An input may be converted or refused with an error; it fails where it crashes, takes
      more than 5 seconds, or allocates more than 4 times its size plus 64 MB. A failing input is kept, with the command
      that makes it again.

      Examples:
        maest-fuzz run                                 1000 inputs for each reader, from the fixtures
        maest-fuzz run --count 25000 --seed 7          more, and other ones
        maest-fuzz run --reader onnx model.onnx        one reader, from a file of yours
        maest-fuzz run --seed 7 --first 812 --count 1 --reader onnx
        maest-fuzz replay failures/onnx-7-812          files as they are, under the same limits

      Crashes inside libsndfile and the libraries that it decodes with count as failures too: maest decodes in a process
      of its own where it is asked to (--isolate).

      Exit codes: 0 every input was converted or refused; 1 some failed; 64 the command line is wrong.
      """,
    subcommands: [RunCommand.self, ReplayCommand.self, WorkerCommand.self], defaultSubcommand: RunCommand.self
  )
}

/// Which inputs to make, and of what.
struct InputOptions: ParsableArguments {
  @Option(help: "Seed of the changes.")
  var seed: UInt64 = 1

  @Option(help: "Number of the first input.")
  var first = 0

  @Option(name: .shortAndLong, help: "Inputs for each reader.")
  var count = 1000

  @Option(help: ArgumentHelp("Let the first input fail in this way.", visibility: .private))
  var provoke: Provocation?

  @Argument(
    help: "Seed files: .pb, .onnx, .safetensors, SavedModel folders, audio, .jsonl. Default: the fixtures.")
  var sources: [String] = []

  func validate() throws {
    guard first >= 0, count > 0 else { throw ValidationError("--first from 0, --count from 1") }
  }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Make inputs and read them. This is the default.")

  @OptionGroup var inputs: InputOptions

  @Option(
    name: .customLong("reader"),
    help: "\(Reader.allCases.map(\.rawValue).joined(separator: ", ")). Default: all.")
  var readers: [Reader] = []

  @Option(help: "Processes at once.")
  var workers = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Folder for failing inputs.", completion: .directory)
  var failures = "fuzz-failures"

  @Flag(help: "Print the summary only.")
  var quiet = false

  func validate() throws {
    guard workers > 0 else { throw ValidationError("--workers from 1") }
  }

  func run() throws {
    let corpus = try Corpus(paths: inputs.sources)
    let chosen = (readers.isEmpty ? Reader.allCases : readers).filter { corpus.has($0) }
    guard !chosen.isEmpty else { throw ValidationError("no seed file for these readers") }
    let campaign = Campaign(
      inputs: inputs, readers: chosen, workerCount: workers, failureFolder: failures, isQuiet: quiet)
    try campaign.run()
    print(campaign.summary)
    if campaign.hasFailures { throw ExitCode.failure }
  }
}

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Read files as they are, under the limits that inputs have.")

  @Argument(help: "Files and folders that `run` kept, or any others.")
  var paths: [String]

  func run() throws {
    for path in paths {
      let reader = try Reader(path: path)
      let size = try Corpus.files(of: path).reduce(0) { $0 + $1.value.count }
      let outcome = Limits.enforced(byteCount: size, memory: true) {
        reader.outcome(of: Corpus.model(in: path))
      }
      print("\(path): \(outcome.result), \(outcome.use)")
    }
  }
}

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Read a run of inputs; started by `run`.", shouldDisplay: false)

  @OptionGroup var inputs: InputOptions
  @Option var reader: Reader
  @Option var folder: String
  @Flag(inversion: .prefixedNo) var memoryLimit = true

  func run() throws {
    let worker = try Worker(
      corpus: Corpus(paths: inputs.sources), reader: reader, seed: inputs.seed, folder: folder,
      limitsMemory: memoryLimit)
    for index in inputs.first..<(inputs.first + inputs.count) {
      try worker.run(index, provoking: index == inputs.first ? inputs.provoke : nil)
      if worker.isWorn { break }
    }
  }
}

extension Reader: ExpressibleByArgument {}
