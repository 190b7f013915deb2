import MAEST
import MAESTKernels

extension EngineOptions {
  /// What runs here: machine, kernels, the precision of encoder blocks, and whether the CPU has tiles for the others.
  func facts() throws -> [(name: String, value: String)] {
    try systemFacts().lines + [
      (name: "Precision", value: try resolvedPrecision().rawValue),
      (name: "Tiles", value: try Self.hasTiles() ? "AMX" : "none"),
    ]
  }

  /// The precisions that are worked out in tiles, where these can be had.
  func tilePrecisions() throws -> [Precision] {
    try allowsEmulation || Self.hasTiles() ? [.high, .fast] : []
  }

  /// Whether the CPU has tiles that this process may use, and MAEST_CPU leaves them.
  private static func hasTiles() throws -> Bool { Compute.hasTiles(try InstructionSet.selected()) }
}
