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

  @Option(help: "Threads at most. Default: all allowed cores.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 is needed") }
  }

  func run() throws {
    try attempt {
      // A graph is converted first, and only once.
      let path = try modelOptions.weightFilePath()
      let threadCount = threads ?? ProcessorCounts.available
      let (facts, engine) = try firstTimes(path, threadCount: threadCount)
      let patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
      let cases = [
        BenchmarkCase(name: "load", threadCount: threadCount) { _ = try Self.load(path, threadCount) },
        BenchmarkCase(name: "load, first patch", threadCount: threadCount) {
          _ = try Self.load(path, threadCount).run(patch, taps: [.logits], threadCount: threadCount)
        },
        BenchmarkCase(name: "patch", threadCount: threadCount) {
          _ = engine.run(patch, taps: [.logits], threadCount: threadCount)
        },
      ]
      let report = BenchReport(
        facts: try PatchEngine.facts() + facts, measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }

  private func firstTimes(
    _ path: String, threadCount: Int
  ) throws -> (facts: [(name: String, value: String)], engine: PatchEngine) {
    var engine: PatchEngine?
    let loading = try seconds { engine = try Self.load(path, threadCount) }
    guard let engine else { preconditionFailure("loaded and missing") }
    let patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
    let computing = seconds { _ = engine.run(patch, taps: [.logits], threadCount: threadCount) }
    return ([("first load", loading.asTime), ("first patch", computing.asTime)], engine)
  }

  private static func load(_ path: String, _ threadCount: Int) throws -> PatchEngine {
    var engine = try PatchEngine(weightFileAt: path)
    try engine.prepare(threadCount: threadCount)
    return engine
  }
}
