import ArgumentParser
import MAEST

struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "Time where one patch's time goes: each stage of a block, the patch embedding, the head.",
    discussion: """
      The kernels run on random numbers at the model's sizes, shared out to the threads as in the network; a stage's \
      time in a patch is the median times how often it is done. The whole patch (logits) is timed in the same rounds. \
      The remainder is what is left of it: caches that are colder than in a stage by itself, threads that wait for one \
      another; it is below 0 where a stage waits more by itself than in the network, which has fewer barriers. The last \
      block is a row of its own, since logits need it for two tokens alone. "of peak" is as in maest-bench kernels: of what \
      vectors of single precision reach, and so not given for other precisions.

      Examples:
        maest-bench stages --model weights.safetensors
        maest-bench stages --model weights.safetensors --threads 1 --backend openblas
        maest-bench stages --model weights.safetensors --precision high
        MAEST_CPU=avx2 maest-bench stages --model weights.safetensors --rounds 15 --json
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var timing: TimingOptions
  @OptionGroup var backend: BackendOptions

  @OptionGroup var limit: ThreadLimit

  func run() throws {
    try attempt {
      let engine = try PatchEngine(weightFileAt: try modelOptions.weightFilePath())
      guard engine.configuration.head != nil else { throw BenchError.noHead }
      let cases = try StageCases(engine, backend.engine(threadCount: limit.threads))
      let stages = cases.stages()
      let measurements = try timing.measure([cases.peak, cases.wholePatch] + stages.map(\.benchmark))
      let report = StageReport(
        facts: try backend.facts(), peak: measurements[0], patch: measurements[1],
        stages: Array(zip(stages.map(\.count), measurements.dropFirst(2))))
      try report.write(json: timing.json)
    }
  }
}
