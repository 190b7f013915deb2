import ArgumentParser

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer requests to run patches, one a line; for Benchmarks/compare.",
    discussion: """
      Prints {"ready": ...} once the model is loaded. Then for each line of standard input, such as

        {"patches": 1, "taps": ["logits"], "threads": 2, "backend": "openblas", "output": "folder"}
        {"precision": "high"}
        {"work": "frontEnd"}

      one line: {"seconds": 1.234, "precision": "exact"}, or {"error": "..."}. Taps are logits, layers (all of them) and \
      layer:N. Without "threads", "backend" or "precision" those of the options are used. The options' precision is \
      loaded when the server is ready, another one when it is first asked for: that answer has "loadSeconds" too. Several patches go through the network two at a time, as \
      those of a file do. Where an output folder is given, logits.npy, activations.npy and layer-N.npy \
      of the last patch are written there, outside of the time. "frontEnd" times the mel bands of the audio file.

      Examples:
        echo '{"taps": ["logits"]}' | maest-bench serve --model weights.safetensors --patches patches.npy
        echo '{}' | maest-bench serve --precision high --model weights.safetensors --patches patches.npy
      """)

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: "Mel patches [patch, frame, band] (.npy, or nothing but float32 numbers); taken in turns.",
    completion: .file(extensions: ["npy"]))
  var patches: String

  @Option(help: "Audio file for the front end.", completion: .file())
  var audio: String?

  @OptionGroup var backend: BackendOptions

  @OptionGroup var limit: ThreadLimit

  func run() throws {
    try attempt {
      let path = try modelOptions.weightFilePath()
      var server = try PatchServer(
        weightFileAt: path, patchesAt: patches, audio: audio,
        backend.engine(threadCount: limit.threads))
      try printNow(try server.readyLine())
      while let line = readLine() { try printNow(try server.answer(line)) }
    }
  }
}
