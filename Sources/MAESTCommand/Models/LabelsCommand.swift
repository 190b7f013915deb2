import ArgumentParser
import MAEST
import MAESTHub

struct LabelsCommand: QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Print a model's labels in output order, one a line.",
    discussion: "Example: maest labels discogs-maest-30s-pw-2.safetensors | head")

  @Argument(
    help: "Weight file, graph, or the name of an installed model. Default: as for maest tag --model.",
    completion: .file(extensions: ["safetensors", "pb"]))
  var model: String?

  @Flag(help: "Print a JSON list.")
  var json = false

  @OptionGroup var quietOption: QuietOption

  func run() throws {
    try attempt {
      let labels = try MAESTModel(named: model, logger: StandardError.logger).description.labels
      if json {
        print(try jsonLine(labels))
      } else {
        for label in labels { printLine(label) }
      }
    }
  }
}
