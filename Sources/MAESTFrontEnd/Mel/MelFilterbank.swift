/// A bank of triangular mel filters over a power spectrum.
///
/// With edges `f`, the weight of band `b` rises linearly (in hertz) from `f[b]` to `f[b+1]` and falls to `f[b+2]`. It
/// is divided by half the band's width, `(f[b+2] - f[b]) / 2`. Only the bins inside the band are stored.
///
/// Source: Essentia's `MelBands` with Slaney's scale, `linear` weighting and `unit_tri` normalisation.
package struct MelFilterbank: Sendable {
  /// The bins of one band, and the location of its weights.
  package struct Band: Sendable {
    /// The first bin of the band.
    package let firstBin: Int

    /// Its weights, a range of `weights`, one for each bin from `firstBin`.
    package let weights: Range<Int>
  }

  /// The number of bins in the spectrum.
  package let binCount: Int

  /// The bands, lowest first.
  package let bands: [Band]

  /// The weights of all bands, one band after the other.
  package let weights: [Float]

  /// - Parameters:
  ///   - bandCount: at least 1.
  ///   - binCount: bins of the spectrum, from 0 Hz to half the sample rate.
  ///   - sampleRate: in hertz.
  ///   - frequencies: lowest edge and highest edge in hertz, within the spectrum.
  package init(bandCount: Int, binCount: Int, sampleRate: Int, frequencies: ClosedRange<Float>) {
    self.binCount = binCount
    let binWidth = Float(sampleRate) / 2 / Float(binCount - 1)
    let edges = MelScale.frequencies(
      count: bandCount + 2, from: frequencies.lowerBound, to: frequencies.upperBound)
    var bands: [Band] = []
    var weights: [Float] = []
    for band in 0..<bandCount {
      let triangle = Triangle(left: edges[band], peak: edges[band + 1], right: edges[band + 2])
      let bins = triangle.bins(width: binWidth, count: binCount)
      let start = weights.count
      weights += bins.map { triangle.weight(hertz: Float($0) * binWidth) }
      bands.append(Band(firstBin: bins.lowerBound, weights: start..<weights.count))
    }
    self.bands = bands
    self.weights = weights
  }

  /// Returns the weighted sum of one band, adding bins in ascending order.
  ///
  /// - Parameter power: `[binCount]` lanes.
  @inline(__always)
  package func energy(ofBand band: Int, in power: Span<FrameLanes>) -> FrameLanes {
    var sum = FrameLanes.zero
    let range = bands[band]
    let offset = range.firstBin - range.weights.lowerBound
    for index in range.weights {
      sum += power[index + offset] * weights[index]
    }
    return sum
  }
}

/// One band: edges in hertz, computed in single precision.
private struct Triangle {
  let left: Float
  let peak: Float
  let right: Float

  /// The bins whose frequencies are inside the band, `ceil(left / width) ... floor(right / width)`.
  func bins(width: Float, count: Int) -> Range<Int> {
    let first = min(Int((left / width).rounded(.up)), count)
    let last = min(Int((right / width).rounded(.down)), count - 1)
    return first..<max(first, last + 1)
  }

  func weight(hertz: Float) -> Float {
    guard hertz > left, hertz < right else { return 0 }
    let height = hertz < peak ? (hertz - left) / (peak - left) : (right - hertz) / (right - peak)
    return height / ((right - left) / 2)
  }
}
