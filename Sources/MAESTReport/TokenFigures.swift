import Foundation
public import MAEST
public import MAESTPictures

/// Figures of one patch's tokens in each layer, on the mel plane.
public struct TokenFigures: Sendable {
  private let plane: MelPlane

  public init(_ model: MAESTModel) { plane = MelPlane(model: model) }

  /// The values that the figures need.
  public static func taps(layerCount: Int) -> Set<Tap> {
    Set((1...max(layerCount, 1)).map { .blockOutput(layer: $0) })
  }

  /// The Euclidean norm of each token, relative to the mean norm of the layer's grid tokens.
  ///
  /// - Throws: `PictureError`; ``MissingValues`` if the analysis lacks ``taps(layerCount:)``.
  public func norms(of analysis: PatchAnalysis) throws -> SmallMultiples {
    let panels = try panels(of: analysis) { tokens in
      let norms = (0..<tokens.shape[0]).map { Self.norm(tokens[slice: $0].elements) }
      let grid = norms.dropFirst(2)
      let mean = grid.reduce(0, +) / Double(max(grid.count, 1))
      return (norms.map { Float(mean > 0 ? $0 / mean : 0) }, "mean \(Self.short(mean))")
    }
    return figure(
      "Norm of the tokens in each layer", panels, analysis, "norm / the layer's mean", colors: .viridis,
      extent: nil, summary: "The length of each token's vector, layer by layer.")
  }

  /// The cosine similarity of each token to one token, from -1 to 1.
  ///
  /// - Parameters:
  ///   - token: index of the token: CLS is 0, DIST 1, then the grid.
  ///   - analysis: contains the values at ``taps(layerCount:)``.
  /// - Throws: `PictureError`; ``MissingValues`` if the analysis lacks the values; `ModelError.noSuchToken`.
  public func similarities(to token: Int = 0, of analysis: PatchAnalysis) throws -> SmallMultiples {
    let tokenCount = plane.model.configuration.tokenCount
    guard (0..<tokenCount).contains(token) else {
      throw ModelError.noSuchToken(index: token, tokenCount: tokenCount)
    }
    let name = try name(token)
    let panels = try panels(of: analysis) { tokens in
      let reference = tokens[slice: token].elements
      let values = (0..<tokens.shape[0]).map { Self.cosine(tokens[slice: $0].elements, reference) }
      let mean = values.dropFirst(2).reduce(0, +) / Double(max(values.count - 2, 1))
      return (values.map { Float($0) }, "mean \(String(format: "%.2f", mean))")
    }
    return figure(
      "Similarity of the tokens to \(name) in each layer", panels, analysis, "cosine",
      colors: .diverging, extent: Extent(-1, 1),
      summary: "The cosine of each token's vector with that of \(name), layer by layer.")
  }

  private func name(_ token: Int) throws(TokenGridError) -> String {
    guard let place = try plane.model.tokenMap.place(ofToken: token) else {
      return token == 0 ? "CLS" : "DIST"
    }
    let hertz = "\(Int(place.hertz.lowerBound))-\(Int(place.hertz.upperBound)) Hz"
    return "token \(token) (\(String(format: "%.2f", place.seconds.lowerBound)) s, \(hertz))"
  }

  /// Makes one panel per layer. `values` converts tokens `[token, embedding]` to a number for each, and a remark.
  private func panels(
    of analysis: PatchAnalysis, _ values: (Tensor) -> ([Float], String)
  ) throws -> [SmallMultiples.Panel] {
    try (1...plane.model.configuration.blockCount).map { layer in
      let (numbers, remark) = values(try MissingValues.require(.blockOutput(layer: layer), in: analysis))
      return SmallMultiples.Panel(
        title: "layer \(layer): \(remark)", values: try plane.grid(ofTokens: numbers))
    }
  }

  private func figure(
    _ title: String, _ panels: [SmallMultiples.Panel], _ analysis: PatchAnalysis, _ label: String,
    colors: ColorMap, extent: Extent?, summary: String
  ) -> SmallMultiples {
    SmallMultiples(
      title: title, panels: panels, xAxis: plane.tokenTimeAxis(of: analysis.patch),
      yAxis: plane.tokenFrequencyAxis, colors: colors, extent: extent, valueLabel: label, summary: summary)
  }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }

  private static func norm(_ vector: [Float]) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  private static func cosine(_ vector: [Float], _ reference: [Float]) -> Double {
    let product = zip(vector, reference).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let norms = norm(vector) * norm(reference)
    return norms > 0 ? product / norms : 0
  }
}
