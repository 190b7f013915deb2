import ArgumentParser

@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest-bench",
    abstract: "Times this engine: kernels, stages of a patch, patches, loading, the front end, whole files.",
    discussion: """
      Every command runs its cases in turns, round by round, and gives minimum and median of the rounds. To compare \
      with other engines use Benchmarks/compare.

      Examples:
        maest-bench kernels --threads 1,2
        maest-bench stages --model weights.safetensors
        maest-bench patch --model weights.safetensors --rounds 5 --json
        maest-bench load --model weights.safetensors
        maest-bench frontend --seconds 300
        maest-bench file track.flac --model weights.safetensors
        maest-bench facts
      """,
    subcommands: [
      KernelsCommand.self, StagesCommand.self, PatchCommand.self, LoadCommand.self, FrontEndCommand.self,
      FileCommand.self, FactsCommand.self, CutCommand.self, ServeCommand.self,
    ])
}
