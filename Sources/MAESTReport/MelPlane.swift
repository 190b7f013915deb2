import MAEST
import MAESTPictures

/// Axes and grids of figures over a model's mel bands and frames.
struct MelPlane {
  let model: MAESTModel

  private var mel: MelSpectrogramConfiguration { model.melConfiguration }
  private var geometry: ConvolutionGeometry { model.configuration.convolution }
  var grid: TokenGrid { model.tokenMap.grid }
  var secondsPerFrame: Double { mel.secondsPerFrame }

  /// Frequency axis with ticks in hertz.
  func frequencyAxis(bands: ClosedRange<Double>) -> Axis {
    let marks: [(Float, String)] = [
      (0, "0"), (250, "250"), (500, "500"), (1000, "1k"), (2000, "2k"), (4000, "4k"), (8000, "8k"),
      (16000, "16k"),
    ]
    let ticks = marks.map { Axis.Tick(mel.bandPosition(ofHertz: $0.0), $0.1) }
    return .range(
      "frequency (Hz)", from: bands.lowerBound, to: bands.upperBound,
      ticks: .at(ticks.filter { bands.contains($0.position) }))
  }

  var allBands: ClosedRange<Double> { 0...Double(mel.bandCount) }

  func timeAxis(from start: Double, to end: Double) -> Axis { .range("time (s)", from: start, to: end) }

  /// A downsampled `[band, frame]` grid of a spectrogram.
  func grid(_ spectrogram: MelSpectrogram, frames: Range<Int>, bands: Range<Int>) throws -> Grid {
    try Grid(
      rows: bands.count, columns: frames.count,
      values: bands.flatMap { band in frames.map { spectrogram[frame: $0, band: band] } })
  }

  // MARK: - Token grid

  /// The bands that the token grid covers: half a stride on each side of the token centres.
  var tokenBands: Range<Int> {
    share(geometry.kernelBands, geometry.bandStride, grid.frequencyCount, of: model.configuration.bandCount)
  }

  /// The frames of a patch that the token grid covers.
  var tokenFrames: Range<Int> {
    share(geometry.kernelFrames, geometry.frameStride, grid.timeCount, of: model.configuration.frameCount)
  }

  private func share(_ kernel: Int, _ stride: Int, _ count: Int, of extent: Int) -> Range<Int> {
    let margin = max(kernel - stride, 0) / 2
    // A kernel smaller than the stride leaves a gap at the end.
    return margin..<min(margin + stride * count, extent)
  }

  var tokenFrequencyAxis: Axis {
    frequencyAxis(bands: Double(tokenBands.lowerBound)...Double(tokenBands.upperBound))
  }

  /// Time axis in seconds of the track.
  func tokenTimeAxis(of patch: Patch) -> Axis {
    timeAxis(
      from: patch.startTime + Double(tokenFrames.lowerBound) * secondsPerFrame,
      to: patch.startTime + Double(tokenFrames.upperBound) * secondsPerFrame)
  }

  /// Arranges token values `[token]` (CLS and DIST first) as a grid `[frequency, time]`; omits CLS and DIST.
  func grid(ofTokens values: some Collection<Float>) throws -> Grid {
    try Grid(
      rows: grid.frequencyCount, columns: grid.timeCount,
      values: Array(values.dropFirst(grid.tokens.lowerBound)))
  }

  /// The part of the spectrogram that a patch's token grid covers, as a background. The spectrogram must be of the same
  /// audio as the patch: the track, or its selected range.
  ///
  /// - Throws: ``SpectrogramMismatch``, `PictureError`.
  func backdrop(_ spectrogram: MelSpectrogram, of patch: Patch) throws -> Backdrop {
    try SpectrogramMismatch.require(spectrogram, of: model, for: patch)
    let frames = tokenFrames.map { patch.frame(at: $0) }
    return Backdrop(
      values: try Grid(
        rows: tokenBands.count, columns: frames.count,
        values: tokenBands.flatMap { band in frames.map { spectrogram[frame: $0, band: band] } }))
  }
}
