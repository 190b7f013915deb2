public import MAEST
public import MAESTPictures

/// Figures of a whole track.
public struct TrackFigures: Sendable {
  private let plane: MelPlane

  public init(_ model: MAESTModel) { plane = MelPlane(model: model) }

  /// The mel spectrogram: time on the x axis, frequency on the y axis.
  ///
  /// - Parameters:
  ///   - spectrogram: from `MAESTModel.spectrogram(ofFileAt:range:loader:)`.
  ///   - start: offset of the spectrogram in the track, in seconds.
  /// - Throws: `PictureError`.
  public func melSpectrogram(_ spectrogram: MelSpectrogram, from start: Double = 0) throws -> HeatMap {
    let seconds = Double(spectrogram.frameCount) * plane.secondsPerFrame
    return HeatMap(
      title: "Mel spectrogram",
      values: try plane.grid(
        spectrogram, frames: 0..<spectrogram.frameCount, bands: 0..<spectrogram.bandCount),
      xAxis: plane.timeAxis(from: start, to: start + seconds),
      yAxis: plane.frequencyAxis(bands: plane.allBands),
      colors: .magma, valueLabel: "log10(1 + 10000 energy)",
      summary: "Energy over \(Int(seconds.rounded())) seconds in \(spectrogram.bandCount) mel bands.")
  }

  /// The taggram: time on the x axis, the track's top tags on the y axis, the highest at the top.
  ///
  /// Each window covers its own time. Where windows overlap, the one with the nearest centre is drawn.
  ///
  /// - Throws: `PictureError`.
  public func taggram(_ curve: ActivationCurve) throws -> HeatMap {
    let spans = Self.spans(curve)
    guard let start = spans.first?.lowerBound, let end = spans.last?.upperBound, end > start,
      !curve.tags.isEmpty
    else {
      throw PictureError.nothingToDraw(figure: "Taggram")
    }
    // Windows can differ in length, so time is divided into fine columns.
    let columnCount = min(2000, max(spans.count, 600))
    let windows = (0..<columnCount).map { column in
      let time = start + (Double(column) + 0.5) * (end - start) / Double(columnCount)
      return spans.firstIndex { $0.contains(time) }
    }
    let values = curve.tags.indices.flatMap { tag in
      windows.map { $0.map { curve.windows[$0].activations[tag] } ?? .nan }
    }
    return HeatMap(
      title: "Tags over time",
      values: try Grid(rows: curve.tags.count, columns: columnCount, values: values),
      xAxis: plane.timeAxis(from: start, to: end), yAxis: .names(curve.tags.map(\.label)),
      extent: Extent(0, 1), valueLabel: "activation",
      summary: "The activations of \(curve.tags.count) tags in \(curve.windows.count) windows.")
  }

  /// The activations of the track's top tags, highest first.
  public func topTags(_ tags: [LabelActivation]) -> BarChart {
    BarChart(
      title: "Top tags", bars: tags.map { BarChart.Bar($0.label, Double($0.activation)) },
      extent: Extent(0, 1), valueLabel: "activation",
      summary: tags.prefix(3).map { "\($0.label) \($0.activation)" }.joined(separator: ", "))
  }

  /// The time range that each window is drawn over: up to halfway to the centres of its neighbours, within the window.
  private static func spans(_ curve: ActivationCurve) -> [Range<Double>] {
    let patches = curve.windows.map(\.patch)
    let middles = patches.map { ($0.startTime + $0.endTime) / 2 }
    let borders = zip(middles, middles.dropFirst()).map { ($0 + $1) / 2 }
    return patches.indices.map { index in
      let (start, end) = (patches[index].startTime, patches[index].endTime)
      let lower = index == 0 ? start : max(start, borders[index - 1])
      let upper = index == borders.count ? end : min(end, borders[index])
      return lower..<max(lower, upper)
    }
  }
}
