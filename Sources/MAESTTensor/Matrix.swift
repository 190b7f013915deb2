/// A read-only view of single-precision numbers in rows and columns.
///
/// Copying the view copies no elements, and every view keeps its memory alive. Shape `[rows, columns]`,
/// row-major, consecutive rows `rowStride` elements apart.
package struct Matrix: Sendable {
  let memory: Memory
  let layout: MatrixLayout

  init(memory: Memory, layout: MatrixLayout) {
    precondition(
      layout.end <= memory.elementCapacity,
      "a matrix that ends at element \(layout.end), in memory of \(memory.elementCapacity) elements")
    self.memory = memory
    self.layout = layout
  }

  /// Copies elements, row-major, into new memory.
  package init(copying elements: [Float], rows: Int, columns: Int) {
    precondition(
      rows * columns == elements.count,
      "a matrix of [\(rows), \(columns)] does not hold \(elements.count) elements")
    let memory = Memory(zeroedByteCount: elements.count * MemoryLayout<Float>.stride)
    memory.element(at: 0).update(from: elements, count: elements.count)
    self.init(memory: memory, layout: MatrixLayout(rows: rows, columns: columns))
  }

  /// Copies a tensor: its last axis becomes the columns, all axes before it the rows.
  ///
  /// A tensor of one axis is one row, a single number a matrix of `[1, 1]`.
  package init(_ tensor: Tensor) {
    self.init(
      copying: tensor.elements, rows: tensor.shape.dropLast().reduce(1, *),
      columns: tensor.shape.last ?? 1)
  }

  package var rows: Int { layout.rows }
  package var columns: Int { layout.columns }

  /// The distance from the start of one row to the start of the next, in elements.
  package var rowStride: Int { layout.rowStride }

  /// Some of the rows: `[range.count, columns]`.
  package subscript(rows range: Range<Int>) -> Matrix {
    Matrix(memory: memory, layout: layout.slice(rows: range))
  }

  /// Some of the columns: `[rows, range.count]`.
  package subscript(columns range: Range<Int>) -> Matrix {
    Matrix(memory: memory, layout: layout.slice(columns: range))
  }

  /// One element.
  package subscript(row: Int, column: Int) -> Float {
    memory.element(at: layout.position(row, column)).pointee
  }

  /// A copy of all elements, row-major, without the gaps between rows.
  package func elements() -> [Float] {
    Array(unsafeUninitializedCapacity: rows * columns) { buffer, count in
      if columns > 0, let start = buffer.baseAddress {
        for row in 0..<rows {
          let source = memory.element(at: layout.offset + row * rowStride)
          (start + row * columns).initialize(from: source, count: columns)
        }
      }
      count = rows * columns
    }
  }

  /// Calls a function with the address of the first element, valid during the call. For kernels only.
  package func withUnsafePointer<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
    body(UnsafePointer(memory.element(at: layout.offset)))
  }
}
