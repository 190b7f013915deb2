/// One pass of a complex Fourier transform over the whole buffer: joins four transforms of `quarter` points each into
/// one of `4 * quarter`.
struct Radix4Pass: Sendable {
  /// The number of points of the transforms that the pass joins.
  let quarter: Int

  /// Twiddle factors of point `k`: W^k, W^2k, W^3k with `W = exp(-2πi / (4 quarter))`, as (real,
  /// imaginary) pairs.
  private let twiddles: [SIMD8<Float>]

  init(quarter: Int) {
    self.quarter = quarter
    twiddles = (0..<quarter).map { k in
      let powers = (1...3).map { RealFourierTransform.rotation(of: $0 * k, in: 4 * quarter) }
      return SIMD8(powers[0].x, powers[0].y, powers[1].x, powers[1].y, powers[2].x, powers[2].y, 0, 0)
    }
  }

  /// - Parameter points: (real, imaginary) pairs, a whole number of groups of `4 * quarter`; transformed in place.
  func callAsFunction(_ points: inout MutableSpan<FrameLanes>) {
    let groupLength = 8 * quarter
    for group in stride(from: 0, to: points.count, by: groupLength) {
      join(&points, at: group, by: 2 * quarter)
    }
    for k in 1..<max(1, quarter) {
      let twiddle = twiddles[k]
      for group in stride(from: 0, to: points.count, by: groupLength) {
        join(&points, at: group + 2 * k, by: 2 * quarter, turnedBy: twiddle)
      }
    }
  }

  /// The butterfly of the four points at `first`, `first + step` ..., without twiddle factors.
  @inline(__always)
  private func join(_ points: inout MutableSpan<FrameLanes>, at first: Int, by step: Int) {
    let (second, third, fourth) = (first + step, first + 2 * step, first + 3 * step)
    write(
      &points, at: first, by: step,
      ComplexLanes(points[first], points[first + 1]), ComplexLanes(points[second], points[second + 1]),
      ComplexLanes(points[third], points[third + 1]), ComplexLanes(points[fourth], points[fourth + 1]))
  }

  /// The same, with the second to the fourth point multiplied by their twiddle factors first.
  @inline(__always)
  private func join(
    _ points: inout MutableSpan<FrameLanes>, at first: Int, by step: Int, turnedBy twiddle: SIMD8<Float>
  ) {
    let (second, third, fourth) = (first + step, first + 2 * step, first + 3 * step)
    write(
      &points, at: first, by: step,
      ComplexLanes(points[first], points[first + 1]),
      ComplexLanes(points[second], points[second + 1]).turned(by: twiddle[0], twiddle[1]),
      ComplexLanes(points[third], points[third + 1]).turned(by: twiddle[2], twiddle[3]),
      ComplexLanes(points[fourth], points[fourth + 1]).turned(by: twiddle[4], twiddle[5]))
  }

  @inline(__always)
  private func write(
    _ points: inout MutableSpan<FrameLanes>, at first: Int, by step: Int,
    _ a: ComplexLanes, _ b: ComplexLanes, _ c: ComplexLanes, _ d: ComplexLanes
  ) {
    let (sum, difference) = (a + c, a - c)
    let (otherSum, otherDifference) = (b + d, b - d)
    points[first] = sum.real + otherSum.real
    points[first + 1] = sum.imaginary + otherSum.imaginary
    points[first + step] = difference.real + otherDifference.imaginary
    points[first + step + 1] = difference.imaginary - otherDifference.real
    points[first + 2 * step] = sum.real - otherSum.real
    points[first + 2 * step + 1] = sum.imaginary - otherSum.imaginary
    points[first + 3 * step] = difference.real - otherDifference.imaginary
    points[first + 3 * step + 1] = difference.imaginary + otherDifference.real
  }
}

/// One complex number per lane.
private struct ComplexLanes {
  let real: FrameLanes
  let imaginary: FrameLanes

  @inline(__always)
  init(_ real: FrameLanes, _ imaginary: FrameLanes) {
    self.real = real
    self.imaginary = imaginary
  }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    Self(left.real + right.real, left.imaginary + right.imaginary)
  }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    Self(left.real - right.real, left.imaginary - right.imaginary)
  }

  @inline(__always)
  func turned(by twiddleReal: Float, _ twiddleImaginary: Float) -> Self {
    Self(
      real * twiddleReal - imaginary * twiddleImaginary,
      real * twiddleImaginary + imaginary * twiddleReal)
  }
}
