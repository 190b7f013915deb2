import MAESTKernels
import MAESTTensor
import Testing

/// The best that the environment allows, and the best that emulates.
private let bestSets: [InstructionSet] = {
  let best = (try? InstructionSet.selected()) ?? .baseline
  return Compute.hasTiles(best) ? [.amx, .avx512] : [best == .amx ? .avx512 : best]
}()

/// bfloat16 in each precision, emulated, and on the CPU's own tiles where it has them.
let bfloat16Kernels: [TileKernels] = [Precision.high, .bf16].flatMap { precision in
  bestSets.map { TileKernels(precision: precision, instructionSet: $0) }
}

/// Fixed point with all instructions that this machine supports.
let fixedPointKernels = FixedPointInstructions.allCases.filter(\.isSupported).map {
  TileKernels(fixedPoint: $0)
}

/// All formats: fixed point with any CPU's instructions and with the best ones.
let tileKernels =
  bfloat16Kernels + Set([0, fixedPointKernels.count - 1]).sorted().map { fixedPointKernels[$0] }

extension TileKernels: CustomTestStringConvertible {
  public var testDescription: String { "\(precision.rawValue), \(instructions)" }

  /// All implementations of a precision that run here.
  static func implementations(of precision: Precision) -> [TileKernels] {
    if precision == .int16 { return fixedPointKernels }
    return InstructionSet.supported.filter { $0 != .amx || request() }.map {
      TileKernels(precision: precision, instructionSet: $0)
    }
  }

  /// How far a bfloat16 number may be from the parts that stand for it, relative. Fixed point has no such bound.
  var numberError: Double {
    switch precision {
    case .high: 0x1p-16
    case .int16: 0
    default: 0x1p-8
    }
  }

  /// How far a product of bfloat16 numbers may be from that of their parts, relative: both factors' errors, and their
  /// product or, where there are two parts, that of the low ones, which is left out.
  var productError: Double { precision == .int16 ? 0 : 2 * numberError + 0x1p-16 }

  /// How far a fixed-point number may be from the one given, in parts of the largest one that shares its scale: half an
  /// integer, and a few roundings of the scale.
  var scaleError: Double { precision == .int16 ? 0.5 / 4095 + 0x1p-21 : 0 }

  /// How far a packed number may be from the one given, beside numbers up to a magnitude.
  func error(of number: Double, beside largest: Double) -> Double {
    abs(number) * numberError + largest * scaleError
  }

  /// A matrix in units, in the order of an operand.
  func packed(_ elements: [Float], rows: Int, columns: Int, as form: TileForm) -> MutableMatrix {
    let matrix = Matrix(copying: elements, rows: rows, columns: columns)
    let (groups, panels) = (unitCount(of: rows), unitCount(of: columns))
    let units = units(groups * panels)
    for group in 0..<groups {
      for panel in 0..<panels {
        let unit = Self.index(group, panel, groups, panels, form)
        pack(
          matrix[rows: range(group, of: rows)][columns: range(panel, of: columns)], as: form,
          into: units[rows: unit..<unit + 1])
      }
    }
    return units
  }

  /// The matrix that units hold.
  func unpacked(_ units: MutableMatrix, rows: Int, columns: Int, as form: TileForm) -> [Float] {
    let (groups, panels) = (unitCount(of: rows), unitCount(of: columns))
    let matrix = MutableMatrix(rows: rows, columns: columns)
    for group in 0..<groups {
      for panel in 0..<panels {
        unpack(
          units, Self.index(group, panel, groups, panels, form), of: form,
          into: matrix[rows: range(group, of: rows)][columns: range(panel, of: columns)])
      }
    }
    return matrix.elements()
  }

  private func range(_ index: Int, of count: Int) -> Range<Int> {
    index * unit..<min((index + 1) * unit, count)
  }

  /// Left and transposed right operands lie group by group, right ones panel by panel.
  private static func index(_ group: Int, _ panel: Int, _ groups: Int, _ panels: Int, _ form: TileForm) -> Int
  {
    form == .right ? panel * groups + group : group * panels + panel
  }

  /// A weight of one group of rows and one of columns.
  func weight(_ elements: [Float], rows: Int, columns: Int, bias: [Float]) -> TileWeight {
    TileWeight(
      units: packed(elements, rows: rows, columns: columns, as: .right).readOnly,
      rows: format.groups(width: rows), columns: format.groups(width: columns), bias: Vector(copying: bias))
  }
}

extension TileKernels {
  /// a · b + bias in single precision. shape: rows, inner size and columns.
  func product(_ a: [Float], _ b: [Float], _ shape: (Int, Int, Int), bias: [Float]? = nil) -> [Float] {
    let (rows, inner, columns) = shape
    let target = MutableMatrix(rows: rows, columns: columns)
    multiply(
      packed(a, rows: rows, columns: inner, as: .left), rowCount: rows,
      by: weight(b, rows: inner, columns: columns, bias: bias ?? [Float](repeating: 0, count: columns)),
      into: .matrix(target, accumulating: false))
    return target.elements()
  }
}

/// The parts of a number: bfloat16 to the nearest, ties to even, and what that lost.
func partsTwin(_ x: Float, _ precision: Precision) -> [Float] {
  let high = bfloat16Twin(x)
  return precision == .high ? [high, bfloat16Twin(high.isInfinite ? 0 : x - high)] : [high]
}

/// x rounded to 8 bits, to the nearest, ties to even; 0 for what is subnormal.
func bfloat16Twin(_ x: Float) -> Float {
  if x.isNaN { return Float(bitPattern: (x.bitPattern | 0x40_0000) & 0xffff_0000) }
  guard x.isNormal || x.isInfinite else { return x.sign == .minus ? -0 : 0 }
  let (below, rest) = (x.bitPattern & 0xffff_0000, x.bitPattern & 0xffff)
  let isUp = rest > 0x8000 || rest == 0x8000 && below & 0x1_0000 != 0
  return Float(bitPattern: isUp ? below + 0x1_0000 : below)
}

/// A number as the tiles' arithmetic has it: 0 where it is subnormal.
private func flushed(_ x: Float) -> Float { x.isSubnormal ? (x.sign == .minus ? -0 : 0) : x }

/// The product as the tiles' instruction makes it, number by number: for every 32 inner indices and every pair of
/// parts the even and the odd products are added up, each with one rounding, and their sum is added to what is there.
func tileProductTwin(
  _ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int, _ precision: Precision
) -> [Float] {
  let (left, right) = (a.map { partsTwin($0, precision) }, b.map { partsTwin($0, precision) })
  let pairs = precision == .high ? [(1, 0), (0, 0), (0, 1)] : [(0, 0)]
  var product = [Float](repeating: 0, count: rows * columns)
  for row in 0..<rows {
    for column in 0..<columns {
      var sum: Float = 0
      for start in stride(from: 0, to: inner, by: 32) {
        for (leftPart, rightPart) in pairs {
          var chains: [Float] = [0, 0]
          for k in start..<min(start + 32, inner) {
            let (x, y) = (left[row * inner + k][leftPart], right[k * columns + column][rightPart])
            chains[k % 2] = flushed(flushed(chains[k % 2]).addingProduct(x, y))
          }
          sum = flushed(sum + flushed(chains[0] + chains[1]))
        }
      }
      product[row * columns + column] = sum
    }
  }
  return product
}
