import ArgumentParser

struct FactsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts",
    abstract: "Tell what this engine finds here: CPU features, kernels, threads, precisions.",
    discussion: """
      The facts that every report begins with. "Precisions" are those that this CPU supports without emulation.

      Examples:
        maest-bench facts
        MAEST_CPU=avx2 maest-bench facts --json
      """)

  @OptionGroup var backend: BackendOptions

  @Flag(help: "Print one JSON object, in place of lines.")
  var json = false

  func run() throws {
    try attempt {
      let report = BenchReport(facts: try backend.facts(), measurements: [])
      try report.write(json: json)
    }
  }
}
