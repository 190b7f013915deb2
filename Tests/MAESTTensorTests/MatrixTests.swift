import MAESTTensor
import Testing

struct MatrixTests {
  /// [4, 5], element = 10 · row + column.
  private func counting() -> MutableMatrix {
    let matrix = MutableMatrix(rows: 4, columns: 5)
    for row in 0..<4 {
      for column in 0..<5 { matrix[row, column] = Float(10 * row + column) }
    }
    return matrix
  }

  @Test func aNewMatrixIsZero() {
    let matrix = MutableMatrix(rows: 3, columns: 7)
    #expect(matrix.elements() == [Float](repeating: 0, count: 21))
    // Large enough for huge pages.
    let large = MutableMatrix(rows: 1024, columns: 1025)
    #expect(large[0, 0] == 0 && large[1023, 1024] == 0 && large[511, 3] == 0)
  }

  @Test(arguments: [(1, 1), (3, 5), (1024, 1024)])
  func newMatricesAreAligned(rows: Int, columns: Int) {
    let address = MutableMatrix(rows: rows, columns: columns).withUnsafeMutablePointer { Int(bitPattern: $0) }
    #expect(address % 64 == 0)
  }

  @Test func slicesShareElements() {
    let matrix = counting()
    let inner = matrix[rows: 1..<3][columns: 2..<4]
    #expect(inner.rows == 2 && inner.columns == 2 && inner.rowStride == 5)
    #expect(inner.elements() == [12, 13, 22, 23])
    inner[1, 0] = -1
    #expect(matrix[2, 2] == -1)
    #expect(matrix.readOnly[rows: 2..<3].elements() == [20, 21, -1, 23, 24])
    #expect(matrix.readOnly[columns: 2..<3].elements() == [2, 12, -1, 32])
  }

  @Test func slicesOutliveTheMatrix() {
    let slice = counting()[rows: 3..<4][columns: 1..<3].readOnly
    #expect(slice.elements() == [31, 32])
  }

  @Test func slicesMayBeEmpty() {
    let matrix = counting()
    #expect(matrix[rows: 4..<4].elements().isEmpty)
    #expect(matrix[columns: 5..<5].elements().isEmpty)
    #expect(matrix[rows: 4..<4][columns: 5..<5].readOnly.rows == 0)
    #expect(MutableMatrix(rows: 0, columns: 3).elements().isEmpty)
    #expect(MutableMatrix(rows: 3, columns: 0).readOnly[rows: 1..<2].elements().isEmpty)
  }

  @Test func copiesGoByElement() {
    let matrix = counting()
    let target = MutableMatrix(rows: 3, columns: 6)
    target[rows: 1..<3][columns: 1..<3].copy(from: matrix.readOnly[rows: 0..<2][columns: 3..<5])
    #expect(target.elements() == [0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 13, 14, 0, 0, 0])
  }

  @Test func matricesOfTensors() {
    let elements = (0..<12).map(Float.init)
    let matrix = Matrix(Tensor(shape: [2, 3, 2], elements: elements))
    #expect(matrix.rows == 6 && matrix.columns == 2)
    #expect(matrix.elements() == elements)
    let row = Matrix(Tensor(shape: [12], elements: elements))
    #expect(row.rows == 1 && row.columns == 12)
    let number = Matrix(Tensor(shape: [], elements: [3]))
    #expect(number.rows == 1 && number.columns == 1 && number[0, 0] == 3)
  }

  @Test func vectorsHaveRanges() {
    let vector = Vector(copying: [1, 2, 3, 4])
    #expect(vector.count == 4)
    #expect(vector[1..<3].elements() == [2, 3])
    #expect(vector[1..<3][1] == 3)
    #expect(vector[4..<4].elements().isEmpty)
    #expect(Vector(copying: []).elements().isEmpty)
  }

  @Test func anElementOutsideEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      // In the memory, but not in the view.
      _ = MutableMatrix(rows: 4, columns: 4)[columns: 1..<3][0, 2]
    }
  }

  @Test func rowsOutsideEndTheProcess() async {
    await #expect(processExitsWith: .failure) {
      _ = MutableMatrix(rows: 4, columns: 4)[rows: 1..<3][rows: 1..<3]
    }
  }
}
