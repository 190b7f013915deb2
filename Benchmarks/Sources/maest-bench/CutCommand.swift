import ArgumentParser
import MAEST

struct CutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut",
    abstract: "Write an audio file's first mel patches, for any engine to run on.",
    discussion: """
      Examples:
        maest-bench cut track.wav --model weights.safetensors --count 8 -o patches.npy
      """)

  @Argument(help: "Audio file, as for maest tag.", completion: .file())
  var file: String

  @OptionGroup var modelOptions: ModelOptions

  @Option(help: "Patches wanted.")
  var count = 8

  @Option(
    name: .shortAndLong, help: "Array [patch, frame, band] to write.", completion: .file(extensions: ["npy"]))
  var output: String

  func validate() throws {
    if count < 1 { throw ValidationError("--count \(count): at least 1 is needed") }
  }

  func run() throws {
    try attempt {
      let model = try modelOptions.load(EngineOptions(threadCount: 1))
      let signal = try AudioLoader(sampleRate: model.sampleRate).load(file)
      var stream = try model.patchStream(.tags)
      stream.add(signal.samples[...])
      stream.end()
      var patches: [MelPatch] = []
      while let patch = try stream.next() { patches.append(patch) }
      guard patches.count >= count else {
        throw BenchError.tooFewPatches(path: file, found: patches.count, wanted: count)
      }
      let shape = [count, model.configuration.frameCount, model.configuration.bandCount]
      let tensor = Tensor(shape: shape, elements: patches.prefix(count).flatMap(\.values))
      try NumPyWriter.write(tensor, to: output)
      try printNow("\(output): float32 \(shape)")
    }
  }
}
