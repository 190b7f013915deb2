package import MAESTTensor

/// The scalar reference implementation of GEMM (test oracle): tests compare the other backends with it.
///
/// Every element is the sum over the inner index from the first to the last, in single precision.
package struct ReferenceMultiplication: MatrixMultiplication {
  package let name = "reference"

  package let independentRowStep: Int? = 1

  package init() {}

  package func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool
  ) {
    let shape = ProductShape(a, b, transposingB: transposingB, into: c)
    guard !shape.isEmpty else { return }
    let b = transposingB ? Self.transposed(b) : b
    // One row of a · b at a time: row i is the sum over k of a[i, k] times row k of b.
    let row = MutableMatrix(rows: 1, columns: shape.columns)
    a.withUnsafePointer { a0 in
      b.withUnsafePointer { b0 in
        c.withUnsafeMutablePointer { c0 in
          row.withUnsafeMutablePointer { sums in
            for i in 0..<shape.rows {
              sums.update(repeating: 0, count: shape.columns)
              for k in 0..<shape.inner {
                let factor = a0[i * a.rowStride + k]
                let source = b0 + k * b.rowStride
                for j in 0..<shape.columns { sums[j] += factor * source[j] }
              }
              let target = c0 + i * c.rowStride
              for j in 0..<shape.columns {
                target[j] = accumulating ? target[j] + sums[j] : sums[j]
              }
            }
          }
        }
      }
    }
  }

  private static func transposed(_ matrix: Matrix) -> Matrix {
    let result = MutableMatrix(rows: matrix.columns, columns: matrix.rows)
    matrix.withUnsafePointer { source in
      result.withUnsafeMutablePointer { target in
        for row in 0..<matrix.rows {
          for column in 0..<matrix.columns {
            target[column * matrix.rows + row] = source[row * matrix.rowStride + column]
          }
        }
      }
    }
    return result.readOnly
  }
}
