public import ArgumentParser
import Foundation
public import MAEST
import MAESTHub

/// Options for the model and its compute engine.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      Weight file (.safetensors), graph (.pb or .onnx, converted and verified on first use), or the name of an installed \
      model (maest models list). Default: $MAEST_MODEL, else the only weight file in the user's model folder, else the \
      bundled demo model.
      """,
    completion: .file(extensions: ["safetensors", "pb"]))
  var model: String?

  @Option(
    help: """
      Threads at most, besides one that decodes ahead. Default: the physical cores that the process may use.
      """)
  var threads: Int?

  @Option(help: "GEMM backend: automatic, builtin, openblas, accelerate or reference (slow).")
  var backend: EngineOptions.Backend = .automatic

  @OptionGroup var precisionOptions: PrecisionOptions

  var engine: EngineOptions {
    EngineOptions(
      threadCount: threads, backend: backend, precision: precisionOptions.chosen,
      allowsEmulation: precisionOptions.emulation.allowEmulation)
  }

  func validate() throws {
    try requireThreads(threads)
  }

  func load() throws -> MAESTModel {
    try MAESTModel(named: model, options: engine, logger: StandardError.logger)
  }
}

/// Throws if the number of threads is out of range.
func requireThreads(_ count: Int?) throws {
  let allowed = EngineOptions.threadCounts
  guard let count, !allowed.contains(count) else { return }
  throw ValidationError("--threads \(count): from \(allowed.lowerBound) to \(allowed.upperBound)")
}

/// Options for the precision.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: """
      How exactly encoder blocks are computed: exact (single precision); high (two bfloat16 numbers for one) or bf16 \
      (bfloat16), on CPUs with AMX tiles; int16 (16-bit fixed point), on CPUs with AVX2; fast (bf16 where there are \
      tiles, else int16, and exact on ARM64); or auto (high where there are tiles, else exact). Default: exact.
      """)
  var precision: EngineOptions.Precision?

  /// The given precision, or the default.
  var chosen: EngineOptions.Precision { precision ?? .exact }

  @OptionGroup var emulation: EmulationOptions
}

/// The flag that allows emulating precisions that the CPU does not support.
struct EmulationOptions: ParsableArguments {
  @Flag(
    help: """
      Emulate precisions that the CPU has no instructions for, several times slower than exact, to see their numbers.
      """)
  var allowEmulation = false
}

/// The option for a separate classification head.
struct HeadOptions: ParsableArguments {
  @Option(
    help: """
      Classification head in a file of its own (.pb or .onnx), or the name of an installed one (maest models list), fed \
      with the last layer's tokens in place of the model's head. Its labels come from the .json beside it.
      """,
    completion: .file(extensions: ["pb", "onnx"]))
  var head: String?

  func load(_ engine: EngineOptions) throws -> ClassificationHeadModel? {
    try head.map { try ClassificationHeadModel(named: $0, options: engine, logger: StandardError.logger) }
  }
}

/// Options for selecting the labels to print.
struct SelectionOptions: ParsableArguments {
  @Option(help: "Labels printed, highest activation first.")
  var top = 10

  @Option(help: "Leave out activations below this.")
  var threshold: Float = 0

  func validate() throws {
    if top < 1 { throw ValidationError("--top \(top): at least 1 is needed") }
    if !(0...1).contains(threshold) { throw ValidationError("--threshold \(threshold): from 0 to 1") }
  }
}

extension ArrayElementType: ExpressibleByArgument {}
extension ArrayFileFormat: ExpressibleByArgument {}
extension AttentionHeads: ExpressibleByArgument {}
extension EngineOptions.Backend: ExpressibleByArgument {}
extension EngineOptions.Precision: ExpressibleByArgument {}
extension LastPatchMode: ExpressibleByArgument {}
extension ResampleQuality: ExpressibleByArgument {}
extension WindowAggregation: ExpressibleByArgument {}
