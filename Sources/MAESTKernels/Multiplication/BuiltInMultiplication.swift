internal import CKernels
package import MAESTTensor

/// GEMM by this package's own kernels, compiled for each instruction set.
///
/// The right operand is read in panels that are two vectors wide. Weights may be packed beforehand. Other matrices are
/// packed one panel at a time, or read in place if there are only a few rows to multiply.
package struct BuiltInMultiplication: MatrixMultiplication {
  package let name: String
  let kernels: ckernels_table

  /// - Parameter instructionSet: one that this machine supports.
  package init(instructionSet: InstructionSet) {
    precondition(instructionSet.isSupported, "this machine does not support \(instructionSet.rawValue)")
    name = "built in (\(instructionSet.vectorName))"
    kernels = instructionSet.loops.pointee
  }

  package var independentRowStep: Int? { kernels.tile_rows }

  package var panelWidth: Int? { kernels.panel_columns }

  package func pack(_ weight: Weight, rows: Range<Int>) {
    guard let packed = weight.packed else { preconditionFailure("a weight without memory for packed panels") }
    let matrix = weight.matrix
    matrix.withUnsafePointer { source in
      packed.memory.withUnsafeMutablePointer { target in
        for panel in 0..<packed.memory.rows {
          let column = panel * packed.width
          kernels.pack_panel(
            source + rows.lowerBound * matrix.rowStride + column, matrix.rowStride, rows.count,
            min(packed.width, matrix.columns - column),
            target + panel * packed.memory.rowStride + rows.lowerBound * packed.width)
        }
      }
    }
  }

  package func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool
  ) {
    let shape = ProductShape(a, b, transposingB: transposingB, into: c)
    let epilogue = accumulating ? ckernels_epilogue(bias: nil, gelu: false, accumulates: true) : nil
    multiply(a, b, transposingB: transposingB, shape, into: c) { _ in epilogue }
  }

  package func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, activation: Activation, into output: MutableMatrix,
    accumulating: Bool, _ elementwise: ElementwiseKernels
  ) {
    let shape = ProductShape(input, weight.matrix, transposingB: false, into: output)
    precondition(bias?.count ?? shape.columns == shape.columns, "a bias for \(shape.columns) columns")
    let gelu = activation == .gelu
    Self.withUnsafePointer(to: bias) { bias in
      let epilogue = { (column: Int) in
        ckernels_epilogue(bias: bias.map { $0 + column }, gelu: gelu, accumulates: accumulating)
      }
      if let panels = weight.packed {
        multiply(input, byPanelsOf: panels, into: output, epilogue: epilogue)
      } else {
        multiply(input, weight.matrix, transposingB: false, shape, into: output, epilogue: epilogue)
      }
    }
  }

  private static func withUnsafePointer(
    to vector: Vector?, _ body: (UnsafePointer<Float>?) -> Void
  ) {
    guard let vector else { return body(nil) }
    vector.withUnsafePointer { body($0) }
  }
}
