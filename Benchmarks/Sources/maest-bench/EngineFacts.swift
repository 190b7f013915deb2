import MAEST
import MAESTKernels

extension EngineOptions {
  /// What runs here: machine, kernels, the precisions that this CPU supports, and the precision of encoder blocks.
  func facts() throws -> [(name: String, value: String)] {
    try systemFacts().lines + [(name: "Precision", value: try resolvedPrecision().rawValue)]
  }

  /// The precisions with kernels of their own, other than `exact`, that run here: those that this CPU supports, or all
  /// of them if emulation is allowed.
  func packedPrecisions() throws -> [Precision] {
    let set = try InstructionSet.selected()
    return [.high, .bf16, .int16].filter { allowsEmulation || $0.isNative(with: set) }
  }
}
