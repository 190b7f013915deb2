import MAEST
import MAESTPictures

/// Axes and values of pictures over a model's mel bands and frames.
struct MelPlane {
  let model: MAESTModel

  private var mel: MelSpectrogramConfiguration { model.melConfiguration }
  private var geometry: ConvolutionGeometry { model.configuration.convolution }
  var grid: TokenGrid { model.tokenMap.grid }
  var secondsPerFrame: Double { mel.secondsPerFrame }

  /// Bands upwards, marked in hertz.
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

  /// Bands upwards and frames along `[band, frame]`, some of each.
  func grid(_ spectrogram: MelSpectrogram, frames: Range<Int>, bands: Range<Int>) throws -> Grid {
    try Grid(
      rows: bands.count, columns: frames.count,
      values: bands.flatMap { band in frames.map { spectrogram[frame: $0, band: band] } })
  }

  // MARK: - The grid of tokens

  /// The bands that tokens are centred on, the first one's half of a stride before to the last one's after.
  var tokenBands: Range<Int> {
    share(geometry.kernelBands, geometry.bandStride, grid.frequencyCount, of: model.configuration.bandCount)
  }

  /// The frames of a patch that tokens are centred on.
  var tokenFrames: Range<Int> {
    share(geometry.kernelFrames, geometry.frameStride, grid.timeCount, of: model.configuration.frameCount)
  }

  private func share(_ kernel: Int, _ stride: Int, _ count: Int, of extent: Int) -> Range<Int> {
    let margin = max(kernel - stride, 0) / 2
    // Kernels that leave gaps end before a stride does.
    return margin..<min(margin + stride * count, extent)
  }

  var tokenFrequencyAxis: Axis {
    frequencyAxis(bands: Double(tokenBands.lowerBound)...Double(tokenBands.upperBound))
  }

  /// Seconds of the track.
  func tokenTimeAxis(of patch: Patch) -> Axis {
    timeAxis(
      from: patch.startTime + Double(tokenFrames.lowerBound) * secondsPerFrame,
      to: patch.startTime + Double(tokenFrames.upperBound) * secondsPerFrame)
  }

  /// A value for each token as a grid `[frequency, time]`. values: `[token]`, CLS and DIST first.
  func grid(ofTokens values: some Collection<Float>) throws -> Grid {
    try Grid(
      rows: grid.frequencyCount, columns: grid.timeCount,
      values: Array(values.dropFirst(grid.tokens.lowerBound)))
  }

  /// What tokens stand on, to be drawn behind them. The spectrogram is of what the patch was cut from: the track, or
  /// the range in it.
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
