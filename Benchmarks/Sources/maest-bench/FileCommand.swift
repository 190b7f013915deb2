import ArgumentParser
import MAEST

struct FileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file",
    abstract: "Time a whole audio file, and its decoding and front end alone.",
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
      cases += models.map { threadCount, model in
        BenchmarkCase(name: "whole file, logits", threadCount: threadCount) {
          _ = try model.analyze(fileAt: file, .tags)
        }
      }
      let facts = try backend.facts() + [(name: "audio", value: signal.duration.fixed(1) + " s")]
      let report = BenchReport(facts: facts, measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }
}
