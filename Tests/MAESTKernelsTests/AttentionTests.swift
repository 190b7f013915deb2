import Foundation
import MAESTKernels
import MAESTTensor
import Testing

/// Attention, by every backend that is installed here.
struct AttentionTests {
  /// softmax(scale · q · kᵀ) · v in double precision, and a bound of the error of single precision.
  ///
  /// A score is off by a rounding for every term; exp and the division by the sum turn the largest error
  /// of a row's scores into a relative one, twice; the weighted sum adds a rounding for every key.
  private func twin(
    query: [Float], key: [Float], value: [Float], queries: Int, keys: Int, width: Int, valueWidth: Int,
    scale: Float
  ) -> (exact: [Double], tolerance: [Double]) {
    let (scores, magnitude) = productTwin(
      query, transposed(key, rows: keys, columns: width), rows: queries, inner: width, columns: keys)
    var exact = [Double](repeating: 0, count: queries * valueWidth)
    var tolerance = exact
    for row in 0..<queries where keys > 0 {
      let scaled = (0..<keys).map { Double(scale) * scores[row * keys + $0] }
      let largest = scaled.max() ?? 0
      let numerators = scaled.map { exp($0 - largest) }
      let sum = numerators.reduce(0, +)
      let largestMagnitude = (0..<keys).map { magnitude[row * keys + $0] }.max() ?? 0
      let scoreError = Double(width + 3) * rounding * Double(scale) * largestMagnitude
      let relative = 2 * expm1(2 * scoreError) + Double(2 * keys + 16) * rounding
      for column in 0..<valueWidth {
        var norm = 0.0
        for index in 0..<keys {
          let term = numerators[index] / sum * Double(value[index * valueWidth + column])
          exact[row * valueWidth + column] += term
          norm += abs(term)
        }
        tolerance[row * valueWidth + column] = relative * norm + leastNormal
      }
    }
    return (exact, tolerance)
  }

  @Test(arguments: MultiplicationTests.backends)
  func attentionOfEveryShape(backend: MatrixBackend) throws {
    var samples = Samples(seed: 13)
    for set in instructionSets {
      let compute = try Compute(backend: backend, instructionSet: set, threadCount: 1)
      for (queries, keys, width, valueWidth) in [
        (0, 5, 8, 8), (3, 1, 8, 4), (1, 17, 1, 1), (5, 33, 16, 8), (4, 1685, 64, 64), (19, 20, 64, 64),
      ] {
        for amplitude: Float in [1, 30] {
          let range = -amplitude...amplitude
          let query = samples.numbers(queries * width, in: range)
          let key = samples.numbers(keys * width, in: range)
          let value = samples.numbers(keys * valueWidth)
          let (exact, tolerance) = twin(
            query: query, key: key, value: value, queries: queries, keys: keys, width: width,
            valueWidth: valueWidth, scale: 0.125)
          let output = stridedView(
            [Float](repeating: .nan, count: queries * valueWidth), rows: queries, columns: valueWidth)
          compute.attention(
            query: stridedView(query, rows: queries, columns: width).readOnly,
            key: stridedView(key, rows: keys, columns: width).readOnly,
            value: stridedView(value, rows: keys, columns: valueWidth).readOnly, scale: 0.125,
            scores: MutableMatrix(rows: queries + 2, columns: keys + 11), into: output)
          #expect(
            differences(output.elements(), exact) { tolerance[$0] } == nil,
            "\(set) \(queries) queries, \(keys) keys, width \(width), amplitude \(amplitude)")
        }
      }
    }
  }

  @Test(arguments: MultiplicationTests.backends)
  func equalKeysGiveTheMeanAndADominantKeyItsValue(backend: MatrixBackend) throws {
    let compute = try Compute(backend: backend, threadCount: 1)
    let keys = 50
    let scores = MutableMatrix(rows: 1, columns: keys)
    let output = MutableMatrix(rows: 1, columns: 1)
    let query = Matrix(copying: [1], rows: 1, columns: 1)
    let value = Matrix(copying: (0..<keys).map(Float.init), rows: keys, columns: 1)
    for level: Float in [-1e4, 0, 1e4] {
      let key = Matrix(copying: [Float](repeating: level, count: keys), rows: keys, columns: 1)
      compute.attention(
        query: query, key: key, value: value, scale: 0.125, scores: scores, into: output)
      #expect(differences(output.elements(), [24.5]) { _ in Double(keys) * rounding * 24.5 } == nil)
    }
    var dominant = [Float](repeating: -1e4, count: keys)
    dominant[31] = 1e4
    compute.attention(
      query: query, key: Matrix(copying: dominant, rows: keys, columns: 1), value: value, scale: 0.125,
      scores: scores, into: output)
    #expect(output.elements() == [31])
  }

  @Test(arguments: MultiplicationTests.backends)
  func withoutKeysTheOutputIsZero(backend: MatrixBackend) throws {
    let compute = try Compute(backend: backend, threadCount: 1)
    let output = compactMatrix([7, 7], rows: 1, columns: 2)
    compute.attention(
      query: Matrix(copying: [1, 2, 3], rows: 1, columns: 3), key: Matrix(copying: [], rows: 0, columns: 3),
      value: Matrix(copying: [], rows: 0, columns: 2), scale: 1,
      scores: MutableMatrix(rows: 1, columns: 0), into: output)
    #expect(output.elements() == [0, 0])
  }
}
