import Foundation

// The kernels again, in double precision and in the plainest form.

/// x / 2 (1 + erf(x / √2)).
func geluTwin(_ x: Float) -> Double { geluTwin(Double(x)) }

/// x / 2 (1 + erf(x / √2)).
func geluTwin(_ x: Double) -> Double { x == -.infinity ? 0 : 0.5 * x * erfc(-x / 2.0.squareRoot()) }

/// 1 / (1 + exp(-x)).
func sigmoidTwin(_ x: Float) -> Double { 1 / (1 + exp(-Double(x))) }

/// exp(scale (x - largest)) for one row.
func softmaxNumeratorsTwin(_ row: [Float], scale: Float) -> [Double] {
  let largest = row.max() ?? 0
  return row.map { exp(Double(scale) * (Double($0) - Double(largest))) }
}

/// (x - mean) / √(variance + epsilon) scale + bias for one row.
func layerNormTwin(_ row: [Float], scale: [Float], bias: [Float], epsilon: Float) -> [Double] {
  let x = row.map(Double.init)
  let mean = x.reduce(0, +) / Double(x.count)
  let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
  let deviation = (variance + Double(epsilon)).squareRoot()
  return x.indices.map { (x[$0] - mean) / deviation * Double(scale[$0]) + Double(bias[$0]) }
}

/// A product of matrices, `[rows, inner]` by `[inner, columns]`, and the sums of the magnitudes of the
/// products, which the rounding errors are measured by.
func productTwin(
  _ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int
) -> (product: [Double], magnitude: [Double]) {
  var product = [Double](repeating: 0, count: rows * columns)
  var magnitude = product
  for i in 0..<rows {
    for k in 0..<inner {
      let factor = Double(a[i * inner + k])
      for j in 0..<columns {
        let term = factor * Double(b[k * columns + j])
        product[i * columns + j] += term
        magnitude[i * columns + j] += abs(term)
      }
    }
  }
  return (product, magnitude)
}

/// Rows become columns.
func transposed(_ elements: [Float], rows: Int, columns: Int) -> [Float] {
  (0..<columns).flatMap { column in (0..<rows).map { row in elements[row * columns + column] } }
}
