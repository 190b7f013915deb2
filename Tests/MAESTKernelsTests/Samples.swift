import MAESTKernels
import MAESTTensor

/// Numbers that look random and are the same in every run (SplitMix64).
struct Samples: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  mutating func numbers(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}

/// Every compiled instruction set that runs here, and who multiplies matrices.
let instructionSets = InstructionSet.supported

/// Around the ends of a vector and of the unrolled loops, and the sizes of the real model.
func sizes(around width: Int) -> [Int] {
  let ends = [1, 2, 4].flatMap { [$0 * width - 1, $0 * width, $0 * width + 1] }
  return [0, 1] + ends + [2 * width + 3, 64, 400, 768, 1685, 3072]
}

/// A writable matrix of given elements in the middle of a larger one, with gaps between the rows; all around are
/// not-a-numbers.
struct SurroundedMatrix {
  let view: MutableMatrix
  private let around: MutableMatrix
  private let left = 3

  init(_ elements: [Float], rows: Int, columns: Int) {
    around = MutableMatrix(rows: rows + 2, columns: columns + 8)
    let notNumbers = [Float](repeating: .nan, count: around.rows * around.columns)
    around.copy(from: Matrix(copying: notNumbers, rows: around.rows, columns: around.columns))
    view = around[rows: 1..<rows + 1][columns: left..<columns + left]
    view.copy(from: Matrix(copying: elements, rows: rows, columns: columns))
  }

  /// Whether everything outside the view is as it was.
  var isUntouchedAround: Bool {
    for row in 0..<around.rows {
      let isInside = (1..<view.rows + 1).contains(row)
      for column in 0..<around.columns {
        if isInside && (left..<left + view.columns).contains(column) { continue }
        if around[row, column].bitPattern != Float.nan.bitPattern { return false }
      }
    }
    return true
  }
}

/// A writable view of given elements in the middle of a larger matrix, with gaps between the rows.
func stridedView(_ elements: [Float], rows: Int, columns: Int) -> MutableMatrix {
  SurroundedMatrix(elements, rows: rows, columns: columns).view
}

/// A writable matrix of given elements without gaps.
func compactMatrix(_ elements: [Float], rows: Int, columns: Int) -> MutableMatrix {
  let matrix = MutableMatrix(rows: rows, columns: columns)
  matrix.copy(from: Matrix(copying: elements, rows: rows, columns: columns))
  return matrix
}
