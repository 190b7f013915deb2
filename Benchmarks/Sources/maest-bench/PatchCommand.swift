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
      for count in threads.counts { try engine.prepare(threadCount: count) }
      let cases = try makeCases(engine)
      let measurements = try timing.measure(cases)
      try BenchReport(facts: try PatchEngine.facts(), measurements: measurements).write(json: timing.json)
    }
  }

  private func makeCases(_ engine: PatchEngine) throws -> [BenchmarkCase] {
    let configuration = engine.configuration
    let patches =
      try input.map { try PatchArray(contentsOfFile: $0, for: configuration) }
      ?? PatchArray(noiseFor: configuration, count: 1)
    func benchmark(_ names: [String], patchCount: Int = 1, threadCount: Int) throws -> BenchmarkCase {
      let selection = try TapSelection(names, of: configuration)
      let title = names.joined(separator: ", ") + (patchCount > 1 ? ", \(patchCount) patches" : "")
      return BenchmarkCase(
        name: title, threadCount: threadCount,
        gigaflop: Double(patchCount) * ModelShape(configuration).gigaflop(selection.taps)
      ) {
        for index in 0..<patchCount {
          let values = patches.patches[index % patches.patches.count]
          _ = engine.run(values, taps: selection.taps, threadCount: threadCount)
        }
      }
    }
    var cases = try threads.counts.flatMap { threadCount in
      try ["logits", "layer:\(layer)", "layers"].map { try benchmark([$0], threadCount: threadCount) }
    }
    if let most = threads.counts.max(), batch > 1 {
      cases.append(try benchmark(["logits"], patchCount: batch, threadCount: most))
    }
    return cases
  }
}
