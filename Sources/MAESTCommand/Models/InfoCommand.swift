import ArgumentParser
import MAEST
import MAESTHub

struct InfoCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print what a model is: sizes, outputs, labels, where it comes from.",
    discussion: """
      Examples:
        maest info discogs-maest-30s-pw-2.safetensors
        maest info model.pb --json
        maest info --system
        maest info --system --backend openblas
        maest info --system --precision fast
      """)

  @Argument(
    help: "Weight file, graph, or the name of an installed model. Default: as for maest tag --model.",
    completion: .file(extensions: ["safetensors", "pb"]))
  var model: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(
    help: "Print this machine's facts instead: processor features, kernels, backend, threads, precisions.")
  var system = false

  @Option(help: "With --system: the backend to report on.")
  var backend: EngineOptions.Backend = .automatic

  @OptionGroup var precisionOptions: PrecisionOptions

  @OptionGroup var quietOption: QuietOption

  private var engine: EngineOptions {
    EngineOptions(
      backend: backend, precision: precisionOptions.chosen,
      allowsEmulation: precisionOptions.emulation.allowEmulation)
  }

  func run() throws {
    try attempt {
      if system {
        try printSystem()
      } else {
        let model = try MAESTModel(named: model, options: engine, logger: StandardError.logger)
        let summary = ModelSummary(model)
        if json { print(try jsonLine(summary)) } else { summary.printTable() }
      }
    }
  }

  private func printSystem() throws {
    let facts = try engine.systemFacts()
    if json {
      print(try jsonLine(JSONUnion(["engine": EngineVersion.current], facts)))
    } else {
      for line in facts.lines { printLine("\(line.name): \(line.value)") }
    }
  }
}
