import ArgumentParser
import MAEST

struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Time the kernels at the sizes of the 30 s model.",
    discussion: """
      Rows are shared out to the threads as the network does it. "of peak" is against multiplications and additions \
      in registers, timed in the same rounds with as many threads and vectors as wide as the kernels'. GB/s count what is \
      read and what is written. MAEST_CPU (avx2, baseline) and --backend choose the kernels.

      The kernels of encoder blocks in other precisions (high and bf16 on CPUs with AMX tiles, int16 on CPUs with AVX2) \
      come after those of single precision, and by themselves with --precision. Their GFLOP/s count a product of two \
      numbers once, although high computes three products of bfloat16 numbers for it. They have no "of peak".

      Examples:
        maest-bench kernels
        maest-bench kernels --threads 2 --only attention --rounds 15
        maest-bench kernels --backend openblas --threads 2
        maest-bench kernels --precision int16 --only attention
        MAEST_CPU=avx2 maest-bench kernels --json
      """)

  @OptionGroup var timing: TimingOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var backend: BackendOptions

  @Option(help: "Only kernels with this in their names.")
  var only: String?

  func run() throws {
    try attempt {
      var cases: [BenchmarkCase] = []
      for threadCount in threads.counts {
        let options = backend.engine(threadCount: threadCount)
        cases.append(Peak(try options.makeCompute()).benchmark(threadCount: threadCount))
        cases += try Self.kernels(options).filter { only.map($0.name.contains) ?? true }
      }
      let report = BenchReport(facts: try backend.facts(), measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }

  /// In single precision and every other precision that runs here, or in the one that is requested.
  private static func kernels(_ options: EngineOptions) throws -> [BenchmarkCase] {
    let compute = try options.makeCompute()
    if let tiles = TileCases(.full, on: compute) { return tiles.all() }
    return try options.packedPrecisions().reduce(KernelCases(.full, on: compute).all()) { cases, precision in
      var options = options
      options.precision = precision
      return cases + (TileCases(.full, on: try options.makeCompute())?.all() ?? [])
    }
  }
}
