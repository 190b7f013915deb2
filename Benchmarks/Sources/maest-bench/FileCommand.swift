import ArgumentParser
import MAEST

struct FileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file",
    abstract:
      "Time a whole audio file: its tags, all that a pass can give besides, its decoding and front end alone.",
    discussion: """
      Examples:
        maest-bench file track.flac --model weights.safetensors
        maest-bench file track.mp3 --model weights.safetensors --threads 2 --rounds 3 --json
      """)

  @Argument(help: "Audio file, as for maest tag.", completion: .file())
  var file: String

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var timing: TimingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var backend: BackendOptions

  func run() throws {
    try attempt {
      let models = try threads.counts.map {
        (threadCount: $0, model: try modelOptions.load(backend.engine(threadCount: $0)))
      }
      let extractor = try MelSpectrogramExtractor()
      let loader = AudioLoader(sampleRate: extractor.configuration.sampleRate)
      let signal = try loader.load(file)
      var cases = [
        BenchmarkCase(name: "decode", threadCount: 1) { _ = try loader.load(file) },
        BenchmarkCase(name: "mel bands", threadCount: 1) { _ = try extractor.spectrogram(of: signal) },
      ]
      for (threadCount, model) in models {
        cases.append(
          BenchmarkCase(name: "whole file, logits", threadCount: threadCount) {
            _ = try model.analyze(fileAt: file, .tags)
          })
        let everything = Self.everything(layerCount: model.configuration.blockCount)
        cases.append(
          BenchmarkCase(name: "logits, all tokens, 2 embeddings", threadCount: threadCount) {
            try model.forEachPatch(ofFileAt: file, everything) { _ in }
          })
      }
      let facts = try backend.facts() + [(name: "audio", value: signal.duration.fixed(1) + " s")]
      let report = BenchReport(facts: facts, measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }

  /// The logits, every layer's tokens, and two embeddings, in one pass.
  private static func everything(layerCount: Int) -> AnalysisRequest {
    AnalysisRequest(
      taps: Set([.logits] + (1...layerCount).map { .blockOutput(layer: $0) }),
      embeddings: [.paper, EmbeddingKind(.blockOutput(layer: layerCount), .meanOfThree)])
  }
}
