internal import CKernels
package import MAESTTensor

/// Products of matrices and attention in bfloat16, by tiles of sums: on the CPU's own (AMX), or emulated with ordinary
/// vectors, with the same bits.
///
/// Operands lie in units of ``unit`` rows by as many columns, zeros beyond the matrix; see `CKernelsTiles.h`. A
/// matrix of units is `[unit, memory]`, where the memory of a unit counts as ``unitMemory`` single-precision numbers.
/// Everything runs on the calling thread.
package struct TileKernels: Sendable {
  /// Rows, and columns, of a unit.
  package static let unit = Int(CKERNELS_TILE_UNIT)

  /// ``Precision/high`` or ``Precision/fast``.
  package let precision: Precision
  /// The instruction set whose tiles multiply, or whose vectors emulate them.
  package let instructionSet: InstructionSet

  package var isEmulated: Bool { instructionSet != .amx }

  /// Whether the CPU has tiles that this process may use; the operating system is asked for them once.
  package static func request() -> Bool { ckernels_request_tiles() }

  /// - Parameters:
  ///   - precision: not ``Precision/exact``.
  ///   - instructionSet: one that is supported here; with `amx`, one whose tiles were granted.
  package init(precision: Precision, instructionSet: InstructionSet) {
    precondition(precision != .exact, "tiles of single precision")
    precondition(instructionSet.isSupported, "\(instructionSet.rawValue) does not run here")
    precondition(instructionSet != .amx || Self.request(), "this process may not use tiles")
    self.precision = precision
    self.instructionSet = instructionSet
  }

  private var table: ckernels_tile_table { ckernels_tiles(precision.partCount, instructionSet.code).pointee }

  /// The memory of a unit, counted in single-precision numbers.
  package var unitMemory: Int { Self.unitMemory(precision) }

  package static func unitMemory(_ precision: Precision) -> Int {
    precision.partCount * Int(CKERNELS_TILE_PART_BYTES) / MemoryLayout<Float>.stride
  }

  /// Units that a number of rows or columns take.
  package static func unitCount(of count: Int) -> Int { (count + unit - 1) / unit }

  /// New memory for units.
  package func units(_ count: Int) -> MutableMatrix { MutableMatrix(rows: count, columns: unitMemory) }

  /// left = (input - mean) / √(variance + epsilon) · scale + bias by rows, as a left operand.
  ///
  /// input: `[row, width]`; scratch: `[1, width]`; left: `[row group * step, memory]`.
  package func layerNorm(
    _ input: Matrix, scale: Vector, bias: Vector, epsilon: Float, scratch: MutableMatrix,
    into left: MutableMatrix
  ) {
    let units = Self.unitCount(of: input.rows) * Self.unitCount(of: input.columns)
    precondition(
      input.columns == scale.count && input.columns == bias.count && scratch.columns >= input.columns
        && left.rows >= units && left.columns == unitMemory,
      """
      layer norm of [\(input.rows), \(input.columns)] by [\(scale.count)] and [\(bias.count)] \
      into \(left.rows) units
      """)
    input.withUnsafePointer { x in
      scale.withUnsafePointer { scale in
        bias.withUnsafePointer { bias in
          scratch.withUnsafeMutablePointer { scratch in
            left.withUnsafeMutablePointer { left in
              table.normalize(
                x, input.rowStride, input.rows, input.columns, scale, bias, epsilon, scratch, left)
            }
          }
        }
      }
    }
  }

  /// One unit of at most ``unit`` rows and columns. values: `[row, column]`; target: `[1, memory]`.
  package func pack(_ values: Matrix, as form: TileForm, into target: MutableMatrix) {
    precondition(
      values.rows <= Self.unit && values.columns <= Self.unit && target.columns == unitMemory,
      "[\(values.rows), \(values.columns)] as one unit")
    values.withUnsafePointer { values0 in
      target.withUnsafeMutablePointer {
        table.pack(form.code, values0, values.rowStride, values.rows, values.columns, $0)
      }
    }
  }

  /// The numbers of one unit, into some rows and columns of a matrix, at most ``unit`` each.
  package func unpack(_ units: MutableMatrix, _ index: Int, of form: TileForm, into target: MutableMatrix) {
    let unit = Self.unit
    withUnsafeTemporaryAllocation(of: Float.self, capacity: unit * unit) { numbers in
      guard let first = numbers.baseAddress else { return }
      units[rows: index..<index + 1].withUnsafeMutablePointer { table.unpack(form.code, $0, first) }
      for row in 0..<target.rows {
        for column in 0..<target.columns { target[row, column] = numbers[row * unit + column] }
      }
    }
  }

  /// The product of a left operand and a weight, the weight's bias added, on its way to `target`.
  ///
  /// - Parameters:
  ///   - left: `[row group * step, memory]`.
  ///   - factor: multiplies the sum of product and bias.
  ///   - gelu: whether the exact GELU is applied after it.
  package func multiply(
    _ left: MutableMatrix, groupCount: Int, by weight: TileWeight, factor: Float = 1, gelu: Bool = false,
    into target: TileTarget
  ) {
    precondition(
      left.rows >= groupCount * weight.stepCount && left.columns == unitMemory
        && weight.units.columns == unitMemory,
      "\(left.rows) units as \(groupCount) groups of \(weight.stepCount)")
    target.check(groupCount: groupCount, panelCount: weight.panelCount, unitMemory: unitMemory)
    left.withUnsafeMutablePointer { left in
      weight.withUnsafePointers { right, bias in
        target.withFinish(bias: bias, factor: factor, gelu: gelu) { finish in
          var product = ckernels_tile_product(
            left: left, right: right, right_stride: weight.panelStride, groups: groupCount,
            panels: weight.panelCount, steps: weight.stepCount)
          table.multiply(&product, finish)
        }
      }
    }
  }

  /// Scratch memory of an attention over a width of so many units, in single-precision numbers.
  package static func attentionScratchCount(stepCount: Int) -> Int {
    Int(CKERNELS_TILE_SCRATCH_BYTES + Int32(stepCount) * CKERNELS_TILE_SCRATCH_BYTES_A_STEP)
      / MemoryLayout<Float>.stride
  }

  /// Attention of one group of queries of one head: `softmax2(query · keyᵀ) · value`, a softmax of powers of two.
  ///
  /// - Parameters:
  ///   - query: left operand `[step, memory]`, times log2(e) and the scale already.
  ///   - keys: transposed right operand `[key group * step, memory]`.
  ///   - values: right operand `[step * key group, memory]`.
  ///   - keyCount: at least 1; what pads the last group must be finite.
  ///   - scratch: `[1, attentionScratchCount]`.
  ///   - output: left operand `[step, memory]`.
  package func attend(
    query: MutableMatrix, keys: MutableMatrix, values: MutableMatrix, keyCount: Int, scratch: MutableMatrix,
    into output: MutableMatrix
  ) {
    let stepCount = query.rows
    let unitCount = Self.unitCount(of: keyCount) * stepCount
    precondition(
      keyCount > 0 && keys.rows == unitCount && values.rows == unitCount && output.rows == stepCount
        && scratch.columns >= Self.attentionScratchCount(stepCount: stepCount)
        && [query, keys, values, output].allSatisfy { $0.columns == unitMemory },
      "attention to \(keyCount) keys in \(keys.rows) units and values in \(values.rows), of \(stepCount) steps"
    )
    query.withUnsafeMutablePointer { query in
      keys.withUnsafeMutablePointer { keys in
        values.withUnsafeMutablePointer { values in
          output.withUnsafeMutablePointer { output in
            scratch.withUnsafeMutablePointer { scratch in
              var attention = ckernels_tile_attention(
                query: query, keys: keys, values: values, key_count: keyCount, steps: stepCount,
                output: output)
              table.attend(&attention, scratch)
            }
          }
        }
      }
    }
  }
}

/// The order of numbers in a unit.
package enum TileForm: Sendable, CaseIterable {
  /// Of a left operand `[row, column]`.
  case left
  /// Of a right operand `[row, column]`.
  case right
  /// Of a right operand `[column, row]`.
  case transposedRight

  var code: ckernels_tile_target {
    switch self {
    case .left: .left
    case .right: .right
    case .transposedRight: .transposedRight
    }
  }
}
