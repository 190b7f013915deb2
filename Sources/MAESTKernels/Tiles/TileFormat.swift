internal import CKernels

/// The numbers of a precision in packed units: how many fit in a unit, and the memory that it takes.
package struct TileFormat: Sendable, Hashable {
  /// The rows, and the columns, of a unit.
  package let unit: Int
  /// The memory of a unit, in single-precision numbers.
  package let unitMemory: Int

  init(_ table: ckernels_tile_table) {
    unit = table.unit
    unitMemory = table.unit_bytes / MemoryLayout<Float>.stride
  }

  /// The units that a number of rows or columns take.
  package func unitCount(of count: Int) -> Int { (count + unit - 1) / unit }

  /// The rows or columns of a weight.
  package func groups(count: Int = 1, width: Int) -> TileGroups {
    TileGroups(count: count, width: width, unit: unit)
  }
}

extension Precision {
  /// How numbers are packed; nil for precisions that have no kernels for packed operands: ``exact``, and those that
  /// stand for another one.
  package var tileFormat: TileFormat? {
    switch self {
    case .exact, .auto, .fast: nil
    // The format is the same for all instructions.
    case .high: TileFormat(ckernels_tiles(2, .baseline).pointee)
    case .bf16: TileFormat(ckernels_tiles(1, .baseline).pointee)
    case .int16: TileFormat(ckernels_fixed(.baseline).pointee)
    }
  }
}
