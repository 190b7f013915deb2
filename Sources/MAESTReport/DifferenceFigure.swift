public import MAEST
public import MAESTPictures

extension ModelDifference {
  /// The tokens' relative error layer by layer, on a logarithmic axis; layers without any error are left out.
  public func figure(title: String = "Difference of the tokens, layer by layer") -> LineChart {
    LineChart(
      title: title,
      curves: [
        Curve("relative error", first: 1, y: layers.map { Float($0.relativeError) }),
        Curve("1 - mean cosine", first: 1, y: layers.map { Float(1 - $0.meanCosine) }),
      ],
      xAxis: .range(
        "layer", from: 0.7, to: Double(layers.count) + 0.3,
        ticks: .at(layers.indices.map { Axis.Tick(Double($0 + 1), "\($0 + 1)") })),
      yAxis: .automatic("difference", scale: .logarithmic), marksPoints: true,
      summary: "The relative error of the tokens of \(layers.count) layers.")
  }
}
