internal import CKernels
package import MAESTTensor

/// GEMM and attention in bfloat16 tiles: on the CPU's tile unit (AMX), or emulated with vectors, with the same bits.
///
/// Operands are packed in units: blocks of ``unit`` x ``unit`` numbers, padded with zeros beyond the matrix; see
/// `CKernelsTiles.h`. A matrix of units is `[unit, memory]`, where a unit takes the memory of ``unitMemory``
/// single-precision numbers. The inner index of a product runs in steps of one unit (k-blocks). Everything runs on the
/// calling thread.
package struct TileKernels: Sendable {
  /// The rows, and the columns, of a unit.
  package static let unit = Int(CKERNELS_TILE_UNIT)

  /// ``Precision/high`` or ``Precision/fast``.
  package let precision: Precision
  /// `amx`, or the instruction set whose vectors emulate tiles.
  package let instructionSet: InstructionSet

  package var isEmulated: Bool { instructionSet != .amx }

  /// Whether the CPU has tiles that this process may use. The first call requests them from the operating system.
  package static func request() -> Bool { ckernels_request_tiles() }

  /// - Parameters:
  ///   - precision: ``Precision/high`` or ``Precision/fast``.
  ///   - instructionSet: one that this machine supports; `amx` only after ``request()`` has returned true.
  package init(precision: Precision, instructionSet: InstructionSet) {
    precondition(precision.partCount > 0, "precision \(precision.rawValue) has no tile kernels")
    precondition(instructionSet.isSupported, "this machine does not support \(instructionSet.rawValue)")
    precondition(instructionSet != .amx || Self.request(), "the operating system has not granted tiles")
    self.precision = precision
    self.instructionSet = instructionSet
  }

  private var table: ckernels_tile_table { ckernels_tiles(precision.partCount, instructionSet.code).pointee }

  /// The memory of a unit, in single-precision numbers.
  package var unitMemory: Int { Self.unitMemory(precision) }

  package static func unitMemory(_ precision: Precision) -> Int {
    precision.partCount * Int(CKERNELS_TILE_PART_BYTES) / MemoryLayout<Float>.stride
  }

  /// The units that a number of rows or columns take.
  package static func unitCount(of count: Int) -> Int { (count + unit - 1) / unit }

  /// Allocates memory for units.
  package func units(_ count: Int) -> MutableMatrix { MutableMatrix(rows: count, columns: unitMemory) }

  /// left = (input - mean) / √(variance + epsilon) · scale + bias by rows, packed as a left operand.
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

  /// Packs one unit of at most ``unit`` rows and columns. values: `[row, column]`; target: `[1, memory]`.
  package func pack(_ values: Matrix, as form: TileForm, into target: MutableMatrix) {
    precondition(
      values.rows <= Self.unit && values.columns <= Self.unit && target.columns == unitMemory,
      "[\(values.rows), \(values.columns)] packed as one unit")
    values.withUnsafePointer { values0 in
      target.withUnsafeMutablePointer {
        table.pack(form.code, values0, values.rowStride, values.rows, values.columns, $0)
      }
    }
  }

  /// Unpacks one unit into a matrix of at most ``unit`` rows and columns.
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

  /// target = epilogue(left · weight), where the epilogue adds the weight's bias, multiplies by `factor` and applies the
  /// activation.
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
        target.withEpilogue(bias: bias, factor: factor, gelu: gelu) { epilogue in
          var product = ckernels_tile_product(
            left: left, right: right, right_stride: weight.panelStride, groups: groupCount,
            panels: weight.panelCount, steps: weight.stepCount)
          table.multiply(&product, epilogue)
        }
      }
    }
  }

  /// The scratch memory for an attention whose head width is `stepCount` units, in single-precision numbers.
  package static func attentionScratchCount(stepCount: Int) -> Int {
    Int(CKERNELS_TILE_SCRATCH_BYTES + Int32(stepCount) * CKERNELS_TILE_SCRATCH_BYTES_A_STEP)
      / MemoryLayout<Float>.stride
  }

  /// Attention of one row group of queries of one head: `softmax2(query · keyᵀ) · value`, where softmax2 has base 2.
  ///
  /// - Parameters:
  ///   - query: left operand `[step, memory]`, already multiplied by the scale and log2(e).
  ///   - keys: transposed right operand `[key group * step, memory]`.
  ///   - values: right operand `[step * key group, memory]`.
  ///   - keyCount: at least 1; the padding of the last row group must be finite.
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

/// The layout of a unit.
package enum TileForm: Sendable, CaseIterable {
  /// A left operand `[row, column]`.
  case left
  /// A right operand `[row, column]`.
  case right
  /// A right operand `[column, row]`: the transpose.
  case transposedRight

  var code: ckernels_tile_target {
    switch self {
    case .left: .left
    case .right: .right
    case .transposedRight: .transposedRight
    }
  }
}
