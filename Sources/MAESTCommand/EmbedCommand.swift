import ArgumentParser
import MAEST

struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Write a layer's tokens, or an embedding made of them, as a NumPy array.",
    discussion: """
      Layers count from 1: layer 7 is the output of the seventh block, before any final norm.

      Poolings, float32:
        tokens         [patch, token, embedding]: CLS, DIST, then the mel grid, frequency-major
        cls-dist-mean  [patch, 3 * embedding]: CLS, DIST and the mean of the other tokens

      Examples:
        maest embed track.flac --layer 7 --pooling cls-dist-mean -o track.npy
        maest embed track.flac --layer 12 --pooling tokens -o tokens.npy
      """)

  @Argument(help: "Audio file.", completion: .file())
  var file: String

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @Option(help: "Layer, from 1 to the number of blocks.")
  var layer = 7

  @Option(help: "tokens or cls-dist-mean.")
  var pooling: Pooling = .clsDistMean

  @Option(name: .shortAndLong, help: "Output file (.npy).", completion: .file(extensions: ["npy"]))
  var output: String

  func run() throws {
    try attempt {
      let model = try modelOptions.load()
      let analysis: Analysis
      do {
        analysis = try model.analyze(
          fileAt: file, patchOptions.request([.blockOutput(layer: layer)])
        ) { done, total in
          StandardError.show(patches: done, of: total, file: file)
        }
        StandardError.show(progress: "")
      } catch {
        StandardError.show(progress: "")
        report(error, file: file)
        throw ExitCode.failure
      }
      guard let embedding = analysis.embedding(layer: layer, pooling: pooling) else {
        preconditionFailure("layer \(layer) was asked for and is missing")
      }
      try NumPyWriter.write(embedding, to: output)
      print("\(output): \(pooling.rawValue) of layer \(layer), float32 \(embedding.shape)")
    }
  }
}
