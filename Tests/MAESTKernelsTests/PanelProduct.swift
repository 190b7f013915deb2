import CKernels
import MAESTKernels
import MAESTTensor

/// Numbers for products by a panel, and the plain loop in single precision: it rounds as the kernels do, so
/// that all bits are the same.
struct PanelProduct {
  /// What is done to the sums.
  struct Epilogue {
    var hasBias = false
    var hasGELU = false
    var accumulates = false

    static let all: [Epilogue] = (0..<8).map {
      Epilogue(hasBias: $0 & 1 != 0, hasGELU: $0 & 2 != 0, accumulates: $0 & 4 != 0)
    }
  }

  /// Where the panel lies.
  enum Place: CaseIterable {
    /// Packed: without gaps, zeros beyond the columns.
    case packed
    /// Packed, and another one is fetched meanwhile.
    case beforeAnother
    /// In a wider matrix, with not-a-numbers beyond the columns.
    case inMatrix
  }

  let instructionSet: InstructionSet
  let inner: Int
  /// The most rows.
  let rows: Int
  /// `[rows, inner]`.
  var a: [Float]
  /// `[inner, panelColumns]`.
  var b: [Float]
  /// `[panelColumns]`.
  var bias: [Float]
  /// What the result's memory holds, `[rows, panelColumns]`.
  var old: [Float]
  let panelColumns: Int

  init(_ instructionSet: InstructionSet, rows: Int, inner: Int, _ samples: inout Samples) {
    self.instructionSet = instructionSet
    self.rows = rows
    self.inner = inner
    panelColumns = instructionSet.kernels.panel_columns
    a = samples.numbers(rows * inner, in: -2...2)
    b = samples.numbers(inner * panelColumns)
    bias = samples.numbers(panelColumns)
    old = samples.numbers(rows * panelColumns)
  }

  /// The kernel's result for the first rows and columns; nil if it wrote elsewhere.
  func run(rows: Int, columns: Int, _ epilogue: Epilogue?, _ place: Place) -> [Float]? {
    let kernels = instructionSet.kernels
    let left = stridedView(Array(a[..<(rows * inner)]), rows: rows, columns: inner)
    let isInMatrix = place == .inMatrix
    let panel = MutableMatrix(rows: inner, columns: panelColumns + (isInMatrix ? 5 : 0))
    for k in 0..<inner {
      for column in 0..<panel.columns {
        panel[k, column] = column < columns ? b[k * panelColumns + column] : isInMatrix ? .nan : 0
      }
    }
    let another = MutableMatrix(rows: inner, columns: panelColumns)
    let bias = MutableMatrix(rows: 1, columns: columns)
    for column in 0..<columns { bias[0, column] = self.bias[column] }
    let isRead = epilogue?.accumulates ?? false
    let c = SurroundedMatrix(
      isRead ? firstColumns(columns, ofRows: rows, old) : [Float](repeating: .nan, count: rows * columns),
      rows: rows, columns: columns)
    left.withUnsafeMutablePointer { left0 in
      panel.withUnsafeMutablePointer { panel0 in
        another.withUnsafeMutablePointer { another0 in
          bias.withUnsafeMutablePointer { bias0 in
            c.view.withUnsafeMutablePointer { c0 in
              let next = place == .beforeAnother ? UnsafePointer(another0) : nil
              func multiply(_ epilogue: UnsafePointer<ckernels_epilogue>?) {
                kernels.multiply_panel(
                  left0, left.rowStride, rows, inner, panel0, panel.rowStride, columns, epilogue, next, c0,
                  c.view.rowStride)
              }
              guard let epilogue else { return multiply(nil) }
              var settings = ckernels_epilogue(
                bias: epilogue.hasBias ? UnsafePointer(bias0) : nil, gelu: epilogue.hasGELU,
                accumulates: epilogue.accumulates)
              multiply(&settings)
            }
          }
        }
      }
    }
    return c.isUntouchedAround ? c.view.elements() : nil
  }

  /// The plain loop's result for all rows and columns, the GELU by the loop over elements.
  func plain(_ epilogue: Epilogue?) -> [Float] {
    var sums = productInOrder(
      a, b, rows: rows, inner: inner, columns: panelColumns, isFused: instructionSet.isFused)
    guard let epilogue else { return sums }
    if epilogue.hasBias {
      for index in sums.indices { sums[index] += bias[index % panelColumns] }
    }
    if epilogue.hasGELU {
      let matrix = compactMatrix(sums, rows: rows, columns: panelColumns)
      ElementwiseKernels(instructionSet: instructionSet).gelu(matrix)
      sums = matrix.elements()
    }
    if epilogue.accumulates {
      for index in sums.indices { sums[index] += old[index] }
    }
    return sums
  }

  /// A part of `[rows, panelColumns]`.
  func firstColumns(_ columns: Int, ofRows rows: Int, _ elements: [Float]) -> [Float] {
    (0..<rows).flatMap { elements[$0 * panelColumns..<$0 * panelColumns + columns] }
  }
}

/// A product of matrices in single precision, from the first term of every sum to the last.
///
/// - Parameters:
///   - isFused: whether a term is multiplied and added with one rounding.
func productInOrder(
  _ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int, isFused: Bool
) -> [Float] {
  var product = [Float](repeating: 0, count: rows * columns)
  for i in 0..<rows {
    for k in 0..<inner {
      let factor = a[i * inner + k]
      for j in 0..<columns {
        let sum = product[i * columns + j]
        let other = b[k * columns + j]
        product[i * columns + j] = isFused ? sum.addingProduct(factor, other) : sum + factor * other
      }
    }
  }
  return product
}
