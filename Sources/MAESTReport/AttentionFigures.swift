public import MAEST
public import MAESTPictures

/// Figures of the attention of CLS or DIST, on the mel plane of one patch.
public struct AttentionFigures: Sendable {
  /// One of the two learned tokens.
  public enum Query: String, Sendable, CaseIterable {
    case cls
    case dist

    /// Index of the token among a patch's tokens, and of its row among the leading tokens.
    var index: Int { self == .cls ? 0 : 1 }
    var name: String { rawValue.uppercased() }
  }

  private let plane: MelPlane
  private let spectrogram: MelSpectrogram

  /// - Parameters:
  ///   - model: the model that analysed the patches.
  ///   - spectrogram: background; must be of the same audio as the patches: the track, or its selected range.
  public init(_ model: MAESTModel, _ spectrogram: MelSpectrogram) {
    plane = MelPlane(model: model)
    self.spectrogram = spectrogram
  }

  /// The values that ``layers(_:of:)`` needs.
  public static func layerTaps(layerCount: Int) -> Set<Tap> {
    Set((1...max(layerCount, 1)).map { layerTap($0) })
  }

  private static func layerTap(_ layer: Int) -> Tap { .attentionWeights(layer: layer, heads: .mean) }

  /// The attention of a query in each layer, as the mean over heads.
  ///
  /// The colour scale ends at the 99.5th percentile, so that a few high values do not dim all others. The colour bar
  /// shows this and the maximum.
  ///
  /// - Throws: `PictureError`; ``MissingValues`` if the analysis lacks ``layerTaps(layerCount:)``;
  ///   ``SpectrogramMismatch`` if the spectrogram is not of the same audio.
  public func layers(_ query: Query, of analysis: PatchAnalysis) throws -> SmallMultiples {
    let panels = try (1...plane.model.configuration.blockCount).map { layer in
      let weights = try MissingValues.require(Self.layerTap(layer), in: analysis)
      return SmallMultiples.Panel(
        title: "layer \(layer)\(share(weights, query))", values: try map(weights, query))
    }
    return SmallMultiples(
      title: "Attention of \(query.name) in each layer", panels: panels,
      xAxis: plane.tokenTimeAxis(of: analysis.patch), yAxis: plane.tokenFrequencyAxis, colors: .magma,
      extent: Extent(0, scale(panels.map(\.values))), valueLabel: Self.label,
      backdrop: try plane.backdrop(spectrogram, of: analysis.patch),
      summary: "How much \(query.name) attends to each part of the mel plane, layer by layer.")
  }

  /// The attention of a query through all layers; see `AttentionRollout`.
  ///
  /// The colour scale is as in ``layers(_:of:)``.
  ///
  /// - Throws: `PictureError`; ``MissingValues`` if the analysis lacks `AttentionRollout.taps(layerCount:)`;
  ///   ``SpectrogramMismatch`` if the spectrogram is not of the same audio.
  public func rollout(_ query: Query, of analysis: PatchAnalysis) throws -> HeatMap {
    let layerCount = plane.model.configuration.blockCount
    guard
      let rows = try AttentionRollout.rollout(
        of: analysis.output, from: [query.index], layerCount: layerCount)
    else { throw MissingValues(what: "all tokens' attention weights in all layers") }
    let map = try plane.grid(ofTokens: rows.elements.map { $0 * Float(rows.count) })
    return HeatMap(
      title: "Attention of \(query.name), rolled out through \(layerCount) layers", values: map,
      xAxis: plane.tokenTimeAxis(of: analysis.patch), yAxis: plane.tokenFrequencyAxis, colors: .magma,
      extent: Extent(0, scale([map])), valueLabel: Self.label,
      backdrop: try plane.backdrop(spectrogram, of: analysis.patch),
      summary: "How much \(query.name) draws on each part of the mel plane through all layers.")
  }

  private static let label = "attention (1 = even)"

  /// A query's row as a grid, in multiples of uniform attention. weights: `[2, token]`.
  private func map(_ weights: Tensor, _ query: Query) throws -> Grid {
    let row = weights[slice: query.index].elements
    return try plane.grid(ofTokens: row.map { $0 * Float(row.count) })
  }

  /// The share of attention to CLS and DIST, which have no grid position.
  private func share(_ weights: Tensor, _ query: Query) -> String {
    let row = weights[slice: query.index].elements
    return ": \(Int((100 * (row[0] + row[1])).rounded())) % to CLS, DIST"
  }

  /// Upper end of the colour scale: the 99.5th percentile, so that a few high values do not dim all others.
  private func scale(_ grids: [Grid]) -> Double {
    let values = grids.flatMap(\.values).sorted()
    let place = min(values.count - 1, Int(Double(values.count) * 0.995))
    return max(Double(values[place]), 1e-6)
  }
}
