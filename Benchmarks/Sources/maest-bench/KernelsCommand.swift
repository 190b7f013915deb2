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

      Examples:
        maest-bench kernels
        maest-bench kernels --threads 2 --only attention --rounds 15
        maest-bench kernels --backend openblas --threads 2
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
        let compute = try backend.engine(threadCount: threadCount).makeCompute()
        let kernels = KernelCases(.full, on: compute).all()
        cases.append(Peak(compute).benchmark(threadCount: threadCount))
        cases += kernels.filter { only.map($0.name.contains) ?? true }
      }
      let report = BenchReport(facts: try backend.facts(), measurements: try timing.measure(cases))
      try report.write(json: timing.json)
    }
  }
}
