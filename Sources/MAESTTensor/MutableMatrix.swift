/// A writable view of single-precision numbers in rows and columns.
///
/// Copying the view copies no elements: all copies and slices write to the same memory. Several threads may write
/// through views of one matrix if no element is written by one thread and accessed by another at the same time; see
/// `Memory` for the rules that ensure it. Shape `[rows, columns]`, row-major, consecutive rows `rowStride` elements
/// apart.
package struct MutableMatrix: Sendable {
  let memory: Memory
  let layout: MatrixLayout

  private init(memory: Memory, layout: MatrixLayout) {
    self.memory = memory
    self.layout = layout
  }

  /// Allocates a matrix of zeros, aligned to 64 bytes; large ones use huge pages if the system grants them.
  package init(rows: Int, columns: Int) {
    layout = MatrixLayout(rows: rows, columns: columns)
    memory = Memory(zeroedByteCount: rows * columns * MemoryLayout<Float>.stride)
  }

  package var rows: Int { layout.rows }
  package var columns: Int { layout.columns }

  /// The distance from the start of one row to the start of the next, in elements.
  package var rowStride: Int { layout.rowStride }

  /// A read-only view of the same elements; later changes are visible through it.
  package var readOnly: Matrix { Matrix(memory: memory, layout: layout) }

  /// Some of the rows: `[range.count, columns]`.
  package subscript(rows range: Range<Int>) -> MutableMatrix {
    MutableMatrix(memory: memory, layout: layout.slice(rows: range))
  }

  /// Some of the columns: `[rows, range.count]`.
  package subscript(columns range: Range<Int>) -> MutableMatrix {
    MutableMatrix(memory: memory, layout: layout.slice(columns: range))
  }

  /// The first elements of a single row as a matrix without gaps.
  package func reshaped(rows: Int, columns: Int) -> MutableMatrix {
    precondition(
      self.rows == 1 && rows * columns <= self.columns,
      "[\(self.rows), \(self.columns)] reshaped to [\(rows), \(columns)]")
    return MutableMatrix(
      memory: memory,
      layout: MatrixLayout(offset: layout.offset, rows: rows, columns: columns, rowStride: columns))
  }

  /// One element.
  package subscript(row: Int, column: Int) -> Float {
    get { memory.element(at: layout.position(row, column)).pointee }
    nonmutating set { memory.element(at: layout.position(row, column)).pointee = newValue }
  }

  /// Overwrites all elements with those of a matrix of the same shape. The two may be the same memory.
  package func copy(from source: Matrix) {
    precondition(
      source.rows == rows && source.columns == columns,
      "[\(source.rows), \(source.columns)] copied into [\(rows), \(columns)]")
    guard columns > 0 else { return }
    for row in 0..<rows {
      let from = source.memory.element(at: source.layout.offset + row * source.rowStride)
      memory.element(at: layout.offset + row * rowStride).update(from: from, count: columns)
    }
  }

  /// A copy of all elements, row-major, without the gaps between rows.
  package func elements() -> [Float] { readOnly.elements() }

  /// Calls a function with the address of the first element, valid during the call. For kernels only.
  package func withUnsafeMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) -> Result
  ) -> Result {
    body(memory.element(at: layout.offset))
  }
}
