/// The power spectrum of real frames, one frame per lane.
///
/// Treats `length` real points as `length / 2` complex ones (even samples real, odd samples imaginary) and transforms
/// them in place by radix-4 passes, decimation in time (the first pass is radix-2 if the size is not a power of four).
/// The spectrum of the real points is then computed from that of the complex points. Twiddle factors are computed in
/// double precision and rounded once.
package struct RealFourierTransform: Sendable {
  /// The number of real points in a frame: a power of two, at least 4.
  package let length: Int

  /// The input permutation: sample `i` must be stored at `slots[i]`, a permutation of `0..<length`.
  package let slots: [Int]

  private let firstPassIsRadix2: Bool
  private let passes: [Radix4Pass]
  private let rotations: [SIMD2<Float>]

  /// The number of frequency bins: `length / 2 + 1`.
  package var binCount: Int { length / 2 + 1 }

  package init(length: Int) {
    precondition(length >= 4 && length & (length - 1) == 0, "length \(length) is no power of two")
    self.length = length
    let pointCount = length / 2
    firstPassIsRadix2 = pointCount.trailingZeroBitCount % 2 == 1
    slots = (0..<length).map { 2 * Self.slot(ofPoint: $0 / 2, among: pointCount) + $0 % 2 }
    passes = Self.passes(pointCount: pointCount, from: firstPassIsRadix2 ? 2 : 1)
    rotations = (0...pointCount / 2).map { Self.rotation(of: $0, in: length) }
  }

  /// The index of a point in digit-reversed order.
  private static func slot(ofPoint point: Int, among count: Int) -> Int {
    guard count >= 4 else { return point }
    return point % 4 * (count / 4) + slot(ofPoint: point / 4, among: count / 4)
  }

  private static func passes(pointCount: Int, from firstQuarter: Int) -> [Radix4Pass] {
    var passes: [Radix4Pass] = []
    var quarter = firstQuarter
    while 4 * quarter <= pointCount {
      passes.append(Radix4Pass(quarter: quarter))
      quarter *= 4
    }
    return passes
  }

  /// `exp(-2πi index / size)` as (real, imaginary).
  static func rotation(of index: Int, in size: Int) -> SIMD2<Float> {
    let angle = -2 * Double.pi * Double(index) / Double(size)
    return SIMD2(Float(angle.cosine), Float(angle.sine))
  }

  /// Computes `|X[k]|²` of every lane's frame.
  ///
  /// - Parameters:
  ///   - points: `[length]`, sample `i` at `slots[i]`; overwritten.
  ///   - power: `[binCount]`, the result.
  package func powerSpectrum(of points: inout [FrameLanes], into power: inout [FrameLanes]) {
    precondition(points.count == length && power.count == binCount)
    var pointSpan = points.mutableSpan
    var powerSpan = power.mutableSpan
    if firstPassIsRadix2 { radix2Pass(&pointSpan) }
    for pass in passes { pass(&pointSpan) }
    untangle(pointSpan.span, into: &powerSpan)
  }

  private func radix2Pass(_ points: inout MutableSpan<FrameLanes>) {
    for first in stride(from: 0, to: length, by: 4) {
      for part in first..<first + 2 {
        let (even, odd) = (points[part], points[part + 2])
        points[part] = even + odd
        points[part + 2] = even - odd
      }
    }
  }

  /// Computes the power of the spectrum X of the real points from the spectrum Z of the complex ones: `X[k] = E + W O`
  /// and `X[n-k] = conj(E - W O)`, where E and O are the spectra of the even and the odd samples (both doubled here,
  /// hence the quarter).
  private func untangle(_ points: Span<FrameLanes>, into power: inout MutableSpan<FrameLanes>) {
    let pointCount = length / 2
    let (sum, difference) = (points[0] + points[1], points[0] - points[1])
    power[0] = sum * sum
    power[pointCount] = difference * difference
    for k in 1..<max(1, pointCount / 2) {
      let mirror = pointCount - k
      let (real, imaginary) = (points[2 * k], points[2 * k + 1])
      let (mirrorReal, mirrorImaginary) = (points[2 * mirror], points[2 * mirror + 1])
      let (evenReal, evenImaginary) = (real + mirrorReal, imaginary - mirrorImaginary)
      let (oddReal, oddImaginary) = (imaginary + mirrorImaginary, mirrorReal - real)
      let rotation = rotations[k]
      let turnedReal = oddReal * rotation.x - oddImaginary * rotation.y
      let turnedImaginary = oddReal * rotation.y + oddImaginary * rotation.x
      power[k] = 0.25 * squaredMagnitude(evenReal + turnedReal, evenImaginary + turnedImaginary)
      power[mirror] = 0.25 * squaredMagnitude(evenReal - turnedReal, evenImaginary - turnedImaginary)
    }
    if pointCount > 1 {
      power[pointCount / 2] = squaredMagnitude(points[pointCount], points[pointCount + 1])
    }
  }
}

@inline(__always)
private func squaredMagnitude(_ real: FrameLanes, _ imaginary: FrameLanes) -> FrameLanes {
  real * real + imaginary * imaginary
}
