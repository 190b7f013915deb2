/// The scratch memory of one run of a `MelSpectrogramExtractor`, and its three stages.
struct MelWorkspace: Sendable {
  private let hopLength: Int
  private let frameLength: Int
  private var stretch: [Float]
  private var points: [FrameLanes]
  private var power: [FrameLanes]
  private var bands: [FrameLanes]

  init(extractor: MelSpectrogramExtractor) {
    let configuration = extractor.configuration
    hopLength = configuration.hopLength
    frameLength = configuration.frameLength
    stretch = Array(repeating: 0, count: (FrameLanes.scalarCount - 1) * hopLength + frameLength)
    points = Array(repeating: .zero, count: frameLength)
    power = Array(repeating: .zero, count: extractor.transform.binCount)
    bands = Array(repeating: .zero, count: configuration.bandCount)
  }

  /// Computes the bands of a range of frames, one block of lanes at a time.
  ///
  /// - Parameters:
  ///   - frames: frames of the signal.
  ///   - samples: the part of the signal that begins at sample `firstSample`; samples outside it count as zero.
  ///   - output: `[frame, band]`, written from `offset` on.
  mutating func compute(
    _ frames: Range<Int>, of samples: [Float], firstSample: Int, with extractor: MelSpectrogramExtractor,
    into output: inout MutableSpan<Float>, at offset: Int
  ) {
    for first in stride(from: frames.lowerBound, to: frames.upperBound, by: FrameLanes.scalarCount) {
      let block = first..<min(first + FrameLanes.scalarCount, frames.upperBound)
      gather(samples.span, from: extractor.frameCutter.firstSample(ofFrame: first) - firstSample, of: block)
      computeBands(of: extractor)
      write(block, to: &output, at: offset + (first - frames.lowerBound) * bands.count)
    }
  }

  /// Copies the samples that a block of frames covers; zero outside the signal.
  ///
  /// - Parameters:
  ///   - start: the first sample of the block's first frame, an index of `samples`, perhaps negative.
  ///   - block: the frames, at most as many as there are lanes.
  mutating func gather(_ samples: Span<Float>, from start: Int, of block: Range<Int>) {
    let length = (block.count - 1) * hopLength + frameLength
    let lower = min(max(0, -start), length)
    let upper = max(lower, min(length, samples.count - start))
    var target = stretch.mutableSpan
    for index in 0..<lower { target[index] = 0 }
    if lower < upper {
      let source = samples.extracting(start + lower..<start + upper)
      for index in source.indices { target[lower + index] = source[index] }
    }
    for index in upper..<target.count { target[index] = 0 }
  }

  /// Computes the bands of every lane's frame from the copied samples.
  mutating func computeBands(of extractor: MelSpectrogramExtractor) {
    Self.applyWindow(
      extractor.window, to: stretch, hopLength: hopLength, slots: extractor.transform.slots, into: &points)
    extractor.transform.powerSpectrum(of: &points, into: &power)
    Self.compress(power, with: extractor, into: &bands)
  }

  /// Writes sample `i` of frame `l`, windowed, to lane `l` of point `slots[i]`.
  private static func applyWindow(
    _ window: [Float], to stretch: [Float], hopLength: Int, slots: [Int], into points: inout [FrameLanes]
  ) {
    let (samples, window, slots) = (stretch.span, window.span, slots.span)
    var points = points.mutableSpan
    for index in window.indices {
      var lanes = FrameLanes.zero
      for lane in 0..<FrameLanes.scalarCount {
        lanes[lane] = samples[lane * hopLength + index]
      }
      points[slots[index]] = lanes * window[index]
    }
  }

  private static func compress(
    _ power: [FrameLanes], with extractor: MelSpectrogramExtractor, into bands: inout [FrameLanes]
  ) {
    let factor = extractor.configuration.compressionFactor
    let scaling = BandScaling(extractor.configuration.normalization)
    for band in bands.indices {
      let energy = extractor.filterbank.energy(ofBand: band, in: power.span)
      bands[band] = scaling(decimalLogarithm(energy * factor + 1))
    }
  }

  /// Writes the bands of a block.
  ///
  /// - Parameters:
  ///   - output: `[frame, band]`.
  ///   - offset: the index in `output` of the first value.
  func write(_ block: Range<Int>, to output: inout MutableSpan<Float>, at offset: Int) {
    let bandCount = bands.count
    for band in 0..<bandCount {
      let lanes = bands[band]
      for lane in 0..<block.count {
        output[offset + lane * bandCount + band] = lanes[lane]
      }
    }
  }
}

/// Computes `(x - mean) / (2 * standardDeviation)` as a difference and a product.
struct BandScaling {
  let mean: Float
  let scale: Float

  init(_ normalization: MelNormalization?) {
    mean = Float(normalization?.mean ?? 0)
    scale = Float(1 / (2 * (normalization?.standardDeviation ?? 0.5)))
  }

  @inline(__always)
  func callAsFunction(_ bands: FrameLanes) -> FrameLanes {
    (bands - mean) * scale
  }
}
