import ArgumentParser
import MAEST

struct PatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patch",
    abstract: "Time whole patches: logits only, one layer only, all layers; and several in a row.",
    discussion: """
      GFLOP/s count the products that the answer needs, no element-wise work.

      Examples:
        maest-bench patch --model weights.safetensors
        maest-bench patch --model weights.safetensors --threads 2 --layer 3 --rounds 3
        maest-bench patch --model weights.safetensors --input patches.npy --json
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var timing: TimingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var backend: BackendOptions

  @Option(help: "The layer to ask for alone, counted from 1.")
  var layer = 7

  @Option(help: "Patches in a row, with logits, on the largest number of threads.")
  var batch = 8

  @Option(
    help: "Mel patches [patch, frame, band] (.npy, or nothing but float32 numbers). Default: seeded noise.",
    completion: .file(extensions: ["npy"]))
  var input: String?

  func validate() throws {
    if batch < 1 { throw ValidationError("--batch \(batch): at least 1 is needed") }
  }

  func run() throws {
    try attempt {
      var engine = try PatchEngine(weightFileAt: try modelOptions.weightFilePath())
      let cases = try makeCases(&engine)
      let measurements = try timing.measure(cases)
      try BenchReport(facts: try backend.facts(), measurements: measurements).write(json: timing.json)
    }
  }

  private func makeCases(_ engine: inout PatchEngine) throws -> [BenchmarkCase] {
    let configuration = engine.configuration
    let patches =
      try input.map { try PatchArray(contentsOfFile: $0, for: configuration) }
      ?? PatchArray(noiseFor: configuration, count: 1)
    var wanted = threads.counts.flatMap { threadCount in
      ["logits", "layer:\(layer)", "layers"].map { (name: $0, patchCount: 1, threadCount: threadCount) }
    }
    if let most = threads.counts.max(), batch > 1 {
      wanted.append((name: "logits", patchCount: batch, threadCount: most))
    }
    for work in wanted {
      try engine.prepare(backend.engine(threadCount: work.threadCount), patchCount: work.patchCount)
    }
    return try wanted.map { name, patchCount, threadCount in
      let taps = try TapSelection([name], of: configuration).taps
      let options = backend.engine(threadCount: threadCount)
      let batch = (0..<patchCount).map { patches.patches[$0 % patches.patches.count] }
      return BenchmarkCase(
        name: patchCount > 1 ? "\(name), \(patchCount) patches" : name, threadCount: threadCount,
        gigaflop: Double(patchCount) * ModelShape(configuration).gigaflop(taps)
      ) { [engine] in engine.run(batch, taps: taps, options) }
    }
  }
}
