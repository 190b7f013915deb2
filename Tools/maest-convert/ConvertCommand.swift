import ArgumentParser
import Foundation
import MAESTConverter
import MAESTWeights

@main
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest-convert",
    abstract: "Convert MAEST into a weight file, without TensorFlow.",
    discussion: """
      Sources: a frozen TensorFlow graph (.pb), a SavedModel folder, ONNX (.onnx), or safetensors with the tensor
      names of Hugging Face or of the PyTorch original.

      The model is found by the graph's topology; a graph that differs from MAEST anywhere is refused, with the
      place. Before the weight file gets its name, the graph is run operation by operation on a random patch and
      must give what the converted weights give. Label names come from the source, the .json beside it, or from
      --metadata.

      Examples:
        maest-convert discogs-maest-30s-pw-2.pb
        maest-convert graph.pb -o model.safetensors --metadata labels.json
        maest-convert saved-model-folder -o model.safetensors
        maest-convert model.safetensors -o weights.safetensors --heads 12

      Exit codes: 0 converted; 1 refused or failed; 64 the command line is wrong.
      """,
    version: "maest-convert \(GraphConverter.version)")

  @Argument(
    help: "Graph (.pb, .onnx), SavedModel folder, or safetensors.",
    completion: .file(extensions: ["pb", "onnx", "safetensors"]))
  var source: String

  @Option(
    name: .shortAndLong, help: "Weight file to write. Default: the source's name with .safetensors.",
    completion: .file(extensions: ["safetensors"]))
  var output: String?

  @Option(help: "Essentia's metadata with the label names.", completion: .file(extensions: ["json"]))
  var metadata: String?

  @Option(help: "Attention heads, for safetensors without a config.json that tells them.")
  var heads: Int?

  @Flag(inversion: .prefixedNo, help: "Compare the weights with the source's own graph on a random patch.")
  var verify = true

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    if let heads, heads < 1 { throw ValidationError("--heads \(heads): at least 1 is needed") }
    if URL(filePath: target).standardizedFileURL == URL(filePath: source).standardizedFileURL {
      throw ValidationError("\(source): the weight file would replace its source; name another one with -o")
    }
  }

  private var target: String {
    output
      ?? URL(filePath: source).deletingPathExtension().appendingPathExtension("safetensors")
      .path(percentEncoded: false)
  }

  func run() throws {
    do {
      let report = try GraphConverter.convert(
        graphAt: source, metadataAt: metadata, headCount: heads, verifying: verify, to: target)
      for notice in report.notices { printError("note: \(notice)") }
      if !quiet { printReport(report) }
    } catch {
      printError("\(error)")
      throw ExitCode.failure
    }
  }

  private func printReport(_ report: ConversionReport) {
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
    if let verification = report.verification {
      print("  verified  \("\(verification)".replacing("\n", with: "\n            "))")
    } else if verify {
      print("  verified  no: the source has no graph to compare with")
    }
    if !report.unusedConstants.isEmpty {
      print("  unused    \(report.unusedConstants.count) constants or tensors that no output depends on:")
      for name in report.unusedConstants { print("              \(name)") }
    }
  }

  private func printError(_ message: String) {
    FileHandle.standardError.write(Data("maest-convert: \(message)\n".utf8))
  }
}
