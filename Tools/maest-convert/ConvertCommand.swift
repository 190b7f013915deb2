import ArgumentParser
import Foundation
import MAESTConverter
import MAESTWeights

@main
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest-convert",
    abstract: "Convert a frozen TensorFlow graph of MAEST into a weight file, without TensorFlow.",
    discussion: """
      The model is found by the graph's topology; a graph that differs from MAEST anywhere is refused, with the
      place. Label names come from the .json beside the graph, or from --metadata.

      Examples:
        maest-convert discogs-maest-30s-pw-2.pb
        maest-convert graph.pb -o model.safetensors --metadata labels.json

      Exit codes: 0 converted; 1 refused or failed; 64 the command line is wrong.
      """,
    version: "maest-convert \(GraphConverter.version)")

  @Argument(help: "Frozen graph (.pb).", completion: .file(extensions: ["pb"]))
  var graph: String

  @Option(
    name: .shortAndLong, help: "Weight file to write. Default: the graph's name with .safetensors.",
    completion: .file(extensions: ["safetensors"]))
  var output: String?

  @Option(help: "Essentia's metadata with the label names.", completion: .file(extensions: ["json"]))
  var metadata: String?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    let target =
      output
      ?? URL(filePath: graph).deletingPathExtension().appendingPathExtension("safetensors")
      .path(percentEncoded: false)
    do {
      let report = try GraphConverter.convert(graphAt: graph, metadataAt: metadata, to: target)
      for notice in report.notices { printError("note: \(notice)") }
      if !quiet { printReport(report, target) }
    } catch {
      printError("\(error)")
      throw ExitCode.failure
    }
  }

  private func printReport(_ report: ConversionReport, _ target: String) {
    let configuration = report.description.configuration
    print(
      """
      \(target)
        graph     \(report.graphSummary); input '\(report.inputName)'
        model     \(configuration.frameCount) frames x \(configuration.bandCount) bands, \
      \(configuration.tokenCount) tokens of width \(configuration.embeddingWidth)
                  \(configuration.blockCount) blocks, \(configuration.headCount) heads of \
      \(configuration.headWidth), feed-forward \(configuration.feedForwardWidth), \
      \(configuration.labelCount) labels
        weights   \(report.weightCount) numbers in \(configuration.parameters.count) tensors
        outputs   \(report.description.outputs.count) names (maest info lists them)
      """)
    if !report.unusedConstants.isEmpty {
      print("  unused    \(report.unusedConstants.count) constants that no output depends on:")
      for name in report.unusedConstants { print("              \(name)") }
    }
  }

  private func printError(_ message: String) {
    FileHandle.standardError.write(Data("maest-convert: \(message)\n".utf8))
  }
}
