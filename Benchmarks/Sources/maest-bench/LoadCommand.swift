import ArgumentParser
import MAEST

struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Time loading a model, and its first patch.",
    discussion: """
      "first" facts are those of a process that has loaded nothing yet, the table's rows those of one that has. The \
      time of starting a process is in Benchmarks/compare.

      Examples:
        maest-bench load --model weights.safetensors
        maest-bench load --model weights.safetensors --threads 1 --rounds 3 --json
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var timing: TimingOptions
  @OptionGroup var backend: BackendOptions

  @OptionGroup var limit: ThreadLimit

  func run() throws {
    try attempt {
      // A graph is converted first, and only once.
      let path = try modelOptions.weightFilePath()
      let options = backend.engine(threadCount: limit.threads)
      let threadCount = limit.threads ?? ProcessorCounts.available
      let (facts, engine) = try firstTimes(path, options)
      let patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
      let cases = [
        BenchmarkCase(name: "load", threadCount: threadCount) { _ = try Self.load(path, options) },
        BenchmarkCase(name: "load, first patch", threadCount: threadCount) {
          try Self.load(path, options).run([patch], taps: [.logits], options)
        },
        BenchmarkCase(name: "patch", threadCount: threadCount) {
          engine.run([patch], taps: [.logits], options)
        },
      ]
      let report = BenchReport(
        facts: try backend.facts() + facts, measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }

  private func firstTimes(
    _ path: String, _ options: EngineOptions
  ) throws -> (facts: [(name: String, value: String)], engine: PatchEngine) {
    var engine: PatchEngine?
    let loading = try seconds { engine = try Self.load(path, options) }
    guard let engine else { preconditionFailure("loaded and missing") }
    let patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
    let computing = seconds { engine.run([patch], taps: [.logits], options) }
    return ([("first load", loading.asTime), ("first patch", computing.asTime)], engine)
  }

  private static func load(_ path: String, _ options: EngineOptions) throws -> PatchEngine {
    var engine = try PatchEngine(weightFileAt: path)
    try engine.prepare(options)
    return engine
  }
}
