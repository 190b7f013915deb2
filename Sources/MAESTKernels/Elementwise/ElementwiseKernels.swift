internal import CKernels
package import MAESTTensor

/// Elementwise kernels and row reductions for one instruction set.
///
/// Rows are independent: a row's result depends only on the row's elements.
package struct ElementwiseKernels: Sendable {
  /// The instruction set of the kernels.
  package let instructionSet: InstructionSet

  /// - Parameter instructionSet: one that this machine supports.
  package init(instructionSet: InstructionSet) {
    precondition(instructionSet.isSupported, "this machine does not support \(instructionSet.rawValue)")
    self.instructionSet = instructionSet
  }

  private var loops: ckernels_table { instructionSet.loops.pointee }

  /// Floats in one vector.
  package var vectorWidth: Int { loops.width }

  /// output[r] = (input[r] - mean) / √(variance + epsilon) · scale + bias, by rows.
  ///
  /// input, output: `[row, width]`, possibly the same; scale, bias: `[width]`. The variance is biased.
  package func layerNorm(
    _ input: Matrix, scale: Vector, bias: Vector, epsilon: Float, into output: MutableMatrix
  ) {
    precondition(
      input.columns == scale.count && input.columns == bias.count && input.rows == output.rows
        && input.columns == output.columns,
      """
      layer norm of [\(input.rows), \(input.columns)] by [\(scale.count)] and [\(bias.count)] \
      into [\(output.rows), \(output.columns)]
      """)
    input.withUnsafePointer { x in
      scale.withUnsafePointer { scale in
        bias.withUnsafePointer { bias in
          output.withUnsafeMutablePointer { out in
            loops.layer_norm(
              x, input.rowStride, input.rows, input.columns, scale, bias, epsilon, out,
              output.rowStride)
          }
        }
      }
    }
  }

  /// x = x / 2 · (1 + erf(x / √2)) for every element of `[row, column]`.
  package func gelu(_ values: MutableMatrix) {
    values.withUnsafeMutablePointer { loops.gelu($0, values.rowStride, values.rows, values.columns) }
  }

  /// x = 1 / (1 + exp(-x)) for every element of `[row, column]`.
  package func sigmoid(_ values: MutableMatrix) {
    values.withUnsafeMutablePointer { loops.sigmoid($0, values.rowStride, values.rows, values.columns) }
  }

  /// x = exp(scale · (x - the row's largest)), and the sums of the rows.
  ///
  /// values: `[row, column]`; sums: room for `[row]`. scale is above 1e-30.
  package func softmaxNumerators(
    _ values: MutableMatrix, scale: Float, sums: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(scale > 1e-30, "softmax scale \(scale), expected more than 1e-30")
    precondition(sums.count == values.rows, "\(sums.count) sums for [\(values.rows), \(values.columns)]")
    guard let sums = sums.baseAddress else { return }
    values.withUnsafeMutablePointer {
      loops.softmax_numerators($0, values.rowStride, values.rows, values.columns, scale, sums)
    }
  }

  /// values[r] = values[r] / divisors[r], by the reciprocal.
  ///
  /// values: `[row, column]`; divisors: `[row]`, overwritten.
  package func divideRows(_ values: MutableMatrix, by divisors: UnsafeMutableBufferPointer<Float>) {
    precondition(
      divisors.count == values.rows, "\(divisors.count) divisors for [\(values.rows), \(values.columns)]")
    guard let factors = divisors.baseAddress else { return }
    for row in divisors.indices { divisors[row] = 1 / divisors[row] }
    values.withUnsafeMutablePointer {
      loops.scale_rows($0, values.rowStride, values.rows, values.columns, factors)
    }
  }

  /// values[r] = values[r] + vector. values: `[row, column]`; vector: `[column]`.
  package func add(_ vector: Vector, toRowsOf values: MutableMatrix) {
    checkWidth(of: vector, values)
    vector.withUnsafePointer { vector in
      values.withUnsafeMutablePointer {
        loops.add_to_rows($0, values.rowStride, values.rows, values.columns, vector)
      }
    }
  }

  /// values[r] = vector. values: `[row, column]`; vector: `[column]`.
  package func fillRows(of values: MutableMatrix, with vector: Vector) {
    checkWidth(of: vector, values)
    vector.withUnsafePointer { vector in
      values.withUnsafeMutablePointer {
        loops.fill_rows($0, values.rowStride, values.rows, values.columns, vector)
      }
    }
  }

  /// values = values + addend, both `[row, column]`.
  package func add(_ addend: Matrix, to values: MutableMatrix) {
    precondition(
      addend.rows == values.rows && addend.columns == values.columns,
      "[\(addend.rows), \(addend.columns)] added to [\(values.rows), \(values.columns)]")
    addend.withUnsafePointer { addend0 in
      values.withUnsafeMutablePointer {
        loops.add(
          $0, values.rowStride, values.rows, values.columns, addend0, addend.rowStride)
      }
    }
  }

  private func checkWidth(of vector: Vector, _ values: MutableMatrix) {
    precondition(
      vector.count == values.columns,
      "a vector of [\(vector.count)] for the rows of [\(values.rows), \(values.columns)]")
  }
}
