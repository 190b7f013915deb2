internal import CKernels
package import MAESTTensor

/// GEMM and attention on operands in packed units: bfloat16 on the CPU's tile unit (AMX) or emulated, or 16-bit fixed
/// point. All implementations of a precision give the same bits.
///
/// A unit is a block of ``unit`` x ``unit`` numbers, padded with zeros beyond the matrix; see `CKernelsTiles.h`. A matrix
/// of units is `[unit, memory]`, where a unit takes the memory of ``unitMemory`` single-precision numbers. The inner
/// index of a product runs in steps of one unit (k-blocks). Everything runs on the calling thread.
package struct TileKernels: Sendable {
  private enum Implementation {
    /// `amx`, or the instruction set whose vectors emulate tiles.
    case bfloat16(partCount: Int, InstructionSet)
    case fixedPoint(FixedPointInstructions)
  }

  /// ``Precision/high``, ``Precision/bf16`` or ``Precision/int16``.
  package let precision: Precision
  package let format: TileFormat
  private let implementation: Implementation

  /// Whether the CPU has tiles that this process may use. The first call requests them from the operating system.
  package static func request() -> Bool { ckernels_request_tiles() }

  /// - Parameters:
  ///   - precision: ``Precision/high``, ``Precision/bf16`` or ``Precision/int16``.
  ///   - instructionSet: one that this machine supports; bfloat16 with `amx` only after ``request()`` has returned true.
  package init(precision: Precision, instructionSet: InstructionSet) {
    precondition(instructionSet.isSupported, "this machine does not support \(instructionSet.rawValue)")
    switch precision {
    case .int16: self.init(fixedPoint: .best(with: instructionSet))
    case .high: self.init(precision, .bfloat16(partCount: 2, instructionSet))
    case .bf16: self.init(precision, .bfloat16(partCount: 1, instructionSet))
    case .exact, .fast, .auto:
      preconditionFailure("precision \(precision.rawValue) has no kernels of its own")
    }
  }

  /// ``Precision/int16`` with some instructions that this machine supports.
  package init(fixedPoint instructions: FixedPointInstructions) {
    precondition(instructions.isSupported, "this machine does not support \(instructions.rawValue)")
    self.init(.int16, .fixedPoint(instructions))
  }

  private init(_ precision: Precision, _ implementation: Implementation) {
    if case .bfloat16(_, .amx) = implementation {
      precondition(Self.request(), "the operating system has not granted tiles")
    }
    guard let format = precision.tileFormat else {
      preconditionFailure("precision \(precision.rawValue) has no packed units")
    }
    self.precision = precision
    self.format = format
    self.implementation = implementation
  }

  /// Whether the precision's instructions are emulated, slowly.
  package var isEmulated: Bool {
    switch implementation {
    case .bfloat16(_, let instructionSet): instructionSet != .amx
    case .fixedPoint(let instructions): instructions == .baseline
    }
  }

  /// The name of the instructions.
  package var instructions: String {
    switch implementation {
    case .bfloat16(_, let instructionSet): instructionSet.rawValue
    case .fixedPoint(let instructions): instructions.rawValue
    }
  }

  private var table: ckernels_tile_table {
    switch implementation {
    case .bfloat16(let partCount, let instructionSet): ckernels_tiles(partCount, instructionSet.code).pointee
    case .fixedPoint(let instructions): ckernels_fixed(instructions.code).pointee
    }
  }

  /// The rows, and the columns, of a unit.
  package var unit: Int { format.unit }

  /// The memory of a unit, in single-precision numbers.
  package var unitMemory: Int { format.unitMemory }

  /// The units that a number of rows or columns take.
  package func unitCount(of count: Int) -> Int { format.unitCount(of: count) }

  /// Allocates memory for units.
  package func units(_ count: Int) -> MutableMatrix { MutableMatrix(rows: count, columns: unitMemory) }

  /// left = (input - mean) / √(variance + epsilon) · scale + bias by rows, packed as a left operand.
  ///
  /// input: `[row, width]`; scratch: `[1, width]`; left: `[row group * step, memory]`.
  package func layerNorm(
    _ input: Matrix, scale: Vector, bias: Vector, epsilon: Float, scratch: MutableMatrix,
    into left: MutableMatrix
  ) {
    let units = unitCount(of: input.rows) * unitCount(of: input.columns)
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
      values.rows <= unit && values.columns <= unit && target.columns == unitMemory,
      "[\(values.rows), \(values.columns)] packed as one unit")
    values.withUnsafePointer { values0 in
      target.withUnsafeMutablePointer {
        table.pack(form.code, values0, values.rowStride, values.rows, values.columns, $0)
      }
    }
  }

  /// Unpacks one unit into a matrix of at most ``unit`` rows and columns.
  package func unpack(_ units: MutableMatrix, _ index: Int, of form: TileForm, into target: MutableMatrix) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: unit * unit) { numbers in
      guard let first = numbers.baseAddress else { return }
      units[rows: index..<index + 1].withUnsafeMutablePointer { table.unpack(form.code, $0, first) }
      for row in 0..<target.rows {
        for column in 0..<target.columns { target[row, column] = numbers[row * unit + column] }
      }
    }
  }

  /// target = epilogue(left · weight) for the first rows of `left`, where the epilogue adds the weight's bias, multiplies by `factor` and applies the
  /// activation.
  ///
  /// - Parameters:
  ///   - left: `[row group * step, memory]`.
  ///   - factor: multiplies the sum of product and bias.
  ///   - gelu: whether the exact GELU is applied after it.
  package func multiply(
    _ left: MutableMatrix, rowCount: Int, by weight: TileWeight, factor: Float = 1, gelu: Bool = false,
    into target: TileTarget
  ) {
    let groupCount = unitCount(of: rowCount)
    precondition(
      left.rows >= groupCount * weight.stepCount && left.columns == unitMemory
        && weight.units.columns == unitMemory,
      "\(left.rows) units as \(groupCount) groups of \(weight.stepCount)")
    target.check(groupCount: groupCount, panelCount: weight.panelCount, format)
    left.withUnsafeMutablePointer { left in
      weight.withUnsafePointers { right, bias in
        target.withEpilogue(bias: bias, factor: factor, gelu: gelu) { epilogue in
          var product = ckernels_tile_product(
            left: left, right: right, right_stride: weight.panelStride, rows: rowCount,
            panels: weight.panelCount, steps: weight.stepCount)
          table.multiply(&product, epilogue)
        }
      }
    }
  }

  /// The scratch memory for an attention whose head width is `stepCount` units, in single-precision numbers.
  package func attentionScratchCount(stepCount: Int) -> Int {
    (table.scratch_bytes + stepCount * table.scratch_bytes_a_step) / MemoryLayout<Float>.stride
  }

  /// Attention of one row group of queries of one head: `softmax2(query · keyᵀ) · value`, where softmax2 has base 2.
  ///
  /// - Parameters:
  ///   - query: left operand `[step, memory]`, already multiplied by the scale and log2(e).
  ///   - queryCount: 1 to ``unit``.
  ///   - keys: transposed right operand `[key group * step, memory]`.
  ///   - values: right operand `[step * key group, memory]`.
  ///   - keyCount: at least 1; the padding of the last row group must be finite.
  ///   - scratch: `[1, attentionScratchCount]`.
  ///   - output: left operand `[step, memory]`.
  package func attend(
    query: MutableMatrix, queryCount: Int, keys: MutableMatrix, values: MutableMatrix, keyCount: Int,
    scratch: MutableMatrix,
    into output: MutableMatrix
  ) {
    let stepCount = query.rows
    let unitCount = unitCount(of: keyCount) * stepCount
    precondition(
      keyCount > 0 && (1...unit).contains(queryCount) && keys.rows == unitCount && values.rows == unitCount
        && output.rows == stepCount
        && scratch.columns >= attentionScratchCount(stepCount: stepCount)
        && [query, keys, values, output].allSatisfy { $0.columns == unitMemory },
      "attention to \(keyCount) keys in \(keys.rows) units and values in \(values.rows), of \(stepCount) steps"
    )
    query.withUnsafeMutablePointer { query in
      keys.withUnsafeMutablePointer { keys in
        values.withUnsafeMutablePointer { values in
          output.withUnsafeMutablePointer { output in
            scratch.withUnsafeMutablePointer { scratch in
              var attention = ckernels_tile_attention(
                query: query, query_count: queryCount, keys: keys, values: values, key_count: keyCount,
                steps: stepCount,
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
