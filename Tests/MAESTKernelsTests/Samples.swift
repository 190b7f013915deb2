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
  [0, 1, width - 1, width, width + 1, 2 * width + 3, 4 * width + 1, 768, 1685]
}

/// A writable view of given elements in the middle of a larger matrix, with gaps between the rows.
func stridedView(_ elements: [Float], rows: Int, columns: Int) -> MutableMatrix {
  let around = MutableMatrix(rows: rows + 2, columns: columns + 8)
  for row in 0..<around.rows {
    for column in 0..<around.columns { around[row, column] = .nan }
  }
  let view = around[rows: 1..<rows + 1][columns: 3..<columns + 3]
  view.copy(from: Matrix(copying: elements, rows: rows, columns: columns))
  return view
}

/// A writable matrix of given elements without gaps.
func compactMatrix(_ elements: [Float], rows: Int, columns: Int) -> MutableMatrix {
  let matrix = MutableMatrix(rows: rows, columns: columns)
  matrix.copy(from: Matrix(copying: elements, rows: rows, columns: columns))
  return matrix
}
