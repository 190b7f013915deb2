import CKernels
import MAESTKernels
import MAESTTensor
import Testing

/// Panels of matrices, on every instruction set that runs here, bit for bit.
struct PanelPackingTests {
  private static let innerCounts = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 768]

  /// Numbers, and among them some that only a copy of their bits keeps.
  private func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var samples = Samples(seed: seed)
    var numbers = samples.numbers(count)
    let special: [Float] = [
      -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7fc1_2345),
      Float(bitPattern: 0xff80_0001),
    ]
    for (index, number) in zip(stride(from: 0, to: count, by: 7), special) { numbers[index] = number }
    return numbers
  }

  private static let guardCount = 5

  /// A panel that a function fills, which may begin anywhere, and whether nothing beyond it was touched.
  private func filled(
    count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void
  ) throws -> (panel: [Float], isUntouchedAround: Bool) {
    let around = Self.guardCount
    var memory = [Float](repeating: 77, count: count + 2 * around)
    try memory.withUnsafeMutableBufferPointer { fill(try #require($0.baseAddress) + around) }
    let rest = memory[..<around] + memory[(around + count)...]
    return (Array(memory[around..<around + count]), rest.allSatisfy { $0 == 77 })
  }

  @Test(arguments: instructionSets)
  func panelsHoldTheColumnsAndZeros(set: InstructionSet) throws {
    let kernels = set.kernels
    let width = kernels.panel_columns
    for inner in Self.innerCounts {
      for columns in 1...width {
        let numbers = numbers(inner * columns, seed: 30)
        let matrix = stridedView(numbers, rows: inner, columns: columns)
        let packed = try filled(count: inner * width) { panel in
          matrix.withUnsafeMutablePointer {
            kernels.pack_panel($0, matrix.rowStride, inner, columns, panel)
          }
        }
        let plain = (0..<inner * width).map { index in
          index % width < columns ? numbers[index / width * columns + index % width] : 0
        }
        #expect(bitDifferences(packed.panel, plain) == nil, "\(inner) rows, \(columns) columns")
        #expect(packed.isUntouchedAround, "\(inner) rows, \(columns) columns")
      }
    }
  }

  @Test(arguments: instructionSets)
  func transposedPanelsHoldTheRowsAndZeros(set: InstructionSet) throws {
    let kernels = set.kernels
    let width = kernels.panel_columns
    for inner in Self.innerCounts {
      for columns in 1...width {
        let numbers = numbers(columns * inner, seed: 31)
        let matrix = stridedView(numbers, rows: columns, columns: inner)
        let packed = try filled(count: inner * width) { panel in
          matrix.withUnsafeMutablePointer {
            kernels.pack_panel_transposed($0, matrix.rowStride, inner, columns, panel)
          }
        }
        let plain = (0..<inner * width).map { index in
          index % width < columns ? numbers[index % width * inner + index / width] : 0
        }
        #expect(bitDifferences(packed.panel, plain) == nil, "\(inner) columns, \(columns) rows")
        #expect(packed.isUntouchedAround, "\(inner) columns, \(columns) rows")
      }
    }
  }
}
