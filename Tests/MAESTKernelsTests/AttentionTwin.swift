import Foundation
import MAESTKernels
import MAESTTensor

/// Numbers for an attention, the formula in double precision, and a bound of the error of single precision.
struct AttentionTwin {
  var queries: Int
  var keys: Int
  var width: Int
  var valueWidth: Int
  var scale: Float = 0.125
  /// `[query, width]`.
  var query: [Float]
  /// `[key, width]`.
  var key: [Float]
  /// `[key, valueWidth]`.
  var value: [Float]

  /// Random queries and keys up to an amplitude, and random values.
  init(
    queries: Int, keys: Int, width: Int, valueWidth: Int, amplitude: Float = 1, _ samples: inout Samples
  ) {
    (self.queries, self.keys, self.width, self.valueWidth) = (queries, keys, width, valueWidth)
    query = samples.numbers(queries * width, in: -amplitude...amplitude)
    key = samples.numbers(keys * width, in: -amplitude...amplitude)
    value = samples.numbers(keys * valueWidth)
  }

  /// What the kernels make of it, in scratch memory that held not-a-numbers.
  ///
  /// - Parameters:
  ///   - runs: the queries are handed over in these runs, all by default.
  func run(_ compute: Compute, runs: [Range<Int>]? = nil) -> [Float] {
    let shape = AttentionShape(queries: queries, keys: keys, width: width, valueWidth: valueWidth)
    let scratch = MutableMatrix(rows: 1, columns: compute.attentionScratchCount(shape) + 3)
    for index in 0..<scratch.columns { scratch[0, index] = .nan }
    let output = SurroundedMatrix(
      [Float](repeating: .nan, count: queries * valueWidth), rows: queries, columns: valueWidth)
    let query = stridedView(self.query, rows: queries, columns: width).readOnly
    let key = stridedView(self.key, rows: keys, columns: width).readOnly
    let value = stridedView(self.value, rows: keys, columns: valueWidth).readOnly
    for rows in runs ?? [0..<queries] {
      compute.attention(
        query: query[rows: rows], key: key, value: value, scale: scale, scratch: scratch,
        into: output.view[rows: rows])
    }
    return output.isUntouchedAround ? output.view.elements() : []
  }

  /// softmax(scale · q · kᵀ) · v, and how far single precision may be from it.
  ///
  /// A score is off by a rounding for every term, unless its sum is exact. exp's argument adds one rounding for
  /// the difference to the largest score, one for the factor, one for their product and a quarter of one for
  /// log₂ e; exp turns all of them into a relative error, and adds two roundings of its own. The sum of the
  /// numerators adds a rounding for every key, that of the weighted values two, the division two.
  ///
  /// - Parameters:
  ///   - numberError: how far, relative, the numbers that are multiplied may be from those given.
  ///   - productError: how far, relative, their products.
  ///   - powerError: how far, relative, a power of two.
  ///   - unitError: how far a power of two, in parts of the largest one of its unit of 64 keys.
  func exact(
    scoresAreExact: Bool = false, numberError: Double = 0, productError: Double = 0, powerError: Double = 0,
    unitError: Double = 0
  ) -> (output: [Double], tolerance: [Double]) {
    let (scores, magnitude) = productTwin(
      query, transposed(key, rows: keys, columns: width), rows: queries, inner: width, columns: keys)
    var output = [Double](repeating: 0, count: queries * valueWidth)
    var tolerance = output
    for row in 0..<queries where keys > 0 {
      let scaled = (0..<keys).map { Double(scale) * scores[row * keys + $0] }
      let largest = scaled.max() ?? 0
      let numerators = scaled.map { exp($0 - largest) }
      let sum = numerators.reduce(0, +)
      let scoreErrors = (0..<keys).map {
        let roundings = scoresAreExact ? 0 : Double(width) * rounding
        return (roundings + productError) * Double(scale) * magnitude[row * keys + $0]
      }
      // All scores are off together by as much as the largest is.
      let errors = (0..<keys).map {
        // Beyond e⁵⁰ nothing is left to bound.
        expm1(min(scoreErrors[$0] + 3.25 * rounding * (largest - scaled[$0]) + 2 * rounding, 50)) + powerError
      }
      let probabilities = numerators.map { $0 / sum }
      let largestOfUnit = stride(from: 0, to: keys, by: 64).map {
        probabilities[$0..<min($0 + 64, keys)].max() ?? 0
      }
      let sumError = zip(probabilities, errors).reduce(0) { $0 + $1.0 * $1.1 }
      for column in 0..<valueWidth {
        var norm = 0.0
        var error = 0.0
        for index in 0..<keys {
          let term = probabilities[index] * Double(value[index * valueWidth + column])
          output[row * valueWidth + column] += term
          norm += abs(term)
          error += abs(term) * errors[index]
          error += unitError * largestOfUnit[index / 64] * abs(Double(value[index * valueWidth + column]))
        }
        let sums = Double(3 * keys + 2) * rounding + productError + numberError
        tolerance[row * valueWidth + column] = error + norm * (sumError + sums) + leastNormal
      }
    }
    return (output, tolerance)
  }
}
