public import ArgumentParser
public import MAEST

/// Options of every command that times something.
struct TimingOptions: ParsableArguments {
  @Option(help: "Rounds to time; one more before them is not counted.")
  var rounds = 7

  @Flag(help: "Print one JSON object with all samples, in place of the table.")
  var json = false

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds \(rounds): at least 1 is needed") }
  }

  /// Times cases in turns; progress goes to standard error.
  func measure(_ cases: [BenchmarkCase]) throws -> [Measurement] {
    let interleaver = Interleaver(roundCount: rounds) { round in
      printMessage(round == 0 ? "warming up \(cases.count) cases" : "round \(round) of \(rounds)")
    }
    return try interleaver.measure(cases)
  }
}

/// Numbers of threads to time with.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Numbers of threads, with commas between them. Default: 1 and all allowed cores.")
  var threads: ThreadCounts?

  var counts: [Int] { threads?.counts ?? ThreadCounts.standard }
}

/// The number of threads of a command that works with one.
struct ThreadLimit: ParsableArguments {
  @Option(help: "Threads at most. Default: all allowed cores.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 is needed") }
  }
}

/// Numbers of threads, such as "1,2".
struct ThreadCounts: ExpressibleByArgument {
  let counts: [Int]

  static var standard: [Int] { Set([1, ProcessorCounts.available]).sorted() }

  init?(argument: String) {
    let counts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard counts.allSatisfy({ $0 >= 1 }) else { return nil }
    self.counts = counts
  }
}

/// Who multiplies matrices, and how exactly.
struct BackendOptions: ParsableArguments {
  @Option(help: "Who multiplies matrices: automatic, builtin, openblas, accelerate or reference (slow).")
  var backend: EngineOptions.Backend = .automatic

  @Option(
    help: """
      How exactly encoder blocks are computed: exact (single precision); high (two bfloat16 numbers for one) or bf16 \
      (bfloat16), on CPUs with AMX tiles; int16 (16-bit fixed point), on CPUs with AVX2; fast (bf16 where there are \
      tiles, else int16); or auto (high where there are tiles, else exact).
      """)
  var precision: EngineOptions.Precision = .exact

  @Flag(
    help:
      "Emulate precisions that the CPU has no instructions for, slowly: to see that they run, not to time them."
  )
  var allowEmulation = false

  /// - Parameter threadCount: nil for all allowed cores.
  func engine(threadCount: Int?) -> EngineOptions {
    EngineOptions(
      threadCount: threadCount ?? ProcessorCounts.available, backend: backend, precision: precision,
      allowsEmulation: allowEmulation)
  }

  /// What runs here.
  func facts() throws -> [(name: String, value: String)] { try engine(threadCount: nil).facts() }
}

extension EngineOptions.Backend: ExpressibleByArgument {}
extension EngineOptions.Precision: ExpressibleByArgument {}

/// The model to time.
struct ModelOptions: ParsableArguments {
  @Option(
    help: "Weight file (.safetensors), or a graph, converted on first use.",
    completion: .file(extensions: ["safetensors", "pb", "onnx"]))
  var model: String

  /// The model, as the library's users have it.
  func load(_ options: EngineOptions) throws -> MAESTModel { try MAESTModel(path: model, options: options) }

  /// The weight file's path, its graph converted where it is one.
  func weightFilePath() throws -> String {
    model.hasSuffix(".safetensors") ? model : try load(EngineOptions(threadCount: 1)).path
  }
}

/// Runs `body`; a failure becomes one line on standard error and exit code 1.
func attempt(_ body: () throws -> Void) throws {
  do { try body() } catch {
    printMessage("\(error)")
    throw ExitCode.failure
  }
}
