import ArgumentParser
import Foundation
import MAESTConverter
import MAESTFiles
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
        maest-convert graph.pb --dry-run --explain    # what would be converted, and from where
        maest-convert graph.onnx --dry-run --json | jq '.parts[] | select(.name | startswith("head"))'

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

  @Flag(help: "Recognise and verify, but write no weight file.")
  var dryRun = false

  @Flag(help: "Print which nodes and constants every part was recognised in, and what was ignored.")
  var explain = false

  @Flag(help: "Print one JSON object: the model, its outputs, every part and what was ignored.")
  var json = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    if let heads, heads < 1 { throw ValidationError("--heads \(heads): at least 1 is needed") }
    if quiet && (json || explain) {
      throw ValidationError("--quiet and \(json ? "--json" : "--explain"): choose one")
    }
    if json && explain { throw ValidationError("--json has all that --explain prints: choose one") }
    if dryRun && output != nil { throw ValidationError("--dry-run writes nothing: leave out -o") }
    let inputs = [source, metadata ?? GraphConverter.metadataPath(besideGraphAt: source)].compactMap(\.self)
    if !dryRun, let input = inputs.first(where: { Self.isSameFile($0, target) }) {
      throw ValidationError(
        "\(input): the weight file would replace what it is made of; name another one with -o")
    }
    if let output, URL(filePath: output).pathExtension.lowercased() != "safetensors" {
      throw ValidationError("\(output): a weight file's name ends in .safetensors")
    }
  }

  /// The output path: `-o`, else the source's name with the extension .safetensors. A folder keeps its whole name.
  private var target: String {
    if let output { return output }
    let url = URL(filePath: source).standardizedFileURL
    let stem = Folders.isFolder(source) ? url : url.deletingPathExtension()
    let path = stem.path(percentEncoded: false)
    return (path.hasSuffix("/") ? String(path.dropLast()) : path) + ".safetensors"
  }

  private static func isSameFile(_ left: String, _ right: String) -> Bool {
    left == right || PathCalls.realPath(left).map { $0 == PathCalls.realPath(right) } ?? false
  }

  /// Parses the arguments as text in the form of `PathBytes`, and runs the command.
  static func main() { main(CommandLine.pathTexts) }

  func run() throws {
    // With SIGXFSZ ignored, exceeding the file size limit makes the write fail instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let report = try makeReport()
      for notice in report.notices { printError("note: \(notice)") }
      if json {
        print(try ReportJSON(report, source: source, output: dryRun ? nil : target).text())
      } else if !quiet {
        let title = dryRun ? "\(source): dry run, nothing is written" : target
        print(
          ReportText(report: report, verifying: verify, explaining: explain).text(title: title.printable)
            .printableLines)
      }
      try StandardOutput.flush()
    } catch {
      printError("\(error)")
      if json, !(error is StandardOutputError) { print(try FailureJSON(error, source: source).text()) }
      throw ExitCode.failure
    }
  }

  private func makeReport() throws -> ConversionReport {
    if dryRun {
      return try GraphConverter.examine(
        graphAt: source, metadataAt: metadata, headCount: heads, verifying: verify)
    }
    return try GraphConverter.convert(
      graphAt: source, metadataAt: metadata, headCount: heads, verifying: verify, to: target)
  }

  private func printError(_ message: String) {
    // Ignore errors: if standard error cannot be written, there is no place to report that.
    try? FileHandle.standardError.write(contentsOf: Data("maest-convert: \(message.printableLines)\n".utf8))
  }
}
