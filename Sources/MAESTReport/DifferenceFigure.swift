public import MAEST
public import MAESTPictures

extension ModelDifference {
  /// The relative error of the tokens in each layer, on a logarithmic axis.
  ///
  /// Layers without a difference cannot be drawn on a logarithmic axis; the axis label names them. If no layer differs,
  /// the axis is linear, the curves are zero, and the title says so.
  public func figure(title: String = "Difference of the tokens, layer by layer") -> LineChart {
    let errors = layers.map(\.relativeError)
    let isEqual = errors.allSatisfy { $0 == 0 }
    return LineChart(
      title: isEqual ? "\(title): none, all are equal" : title,
      curves: [
        Curve("relative error", first: 1, y: errors.map { Float($0) }),
        Curve("1 - mean cosine", first: 1, y: layers.map { Float(1 - $0.meanCosine) }),
      ],
      xAxis: .range(
        "layer" + (isEqual ? "" : Self.remark(errors)), from: 0.7, to: Double(layers.count) + 0.3,
        ticks: .at(layers.indices.map { Axis.Tick(Double($0 + 1), "\($0 + 1)") })),
      yAxis: isEqual
        ? .range("difference", from: 0, to: 1) : .automatic("difference", scale: .logarithmic),
      marksPoints: true,
      summary: isEqual
        ? "The tokens of \(layers.count) layers are equal."
        : "The relative error of the tokens of \(layers.count) layers.")
  }

  /// Names the layers that cannot be drawn on a logarithmic axis.
  private static func remark(_ errors: [Double]) -> String {
    let equal = errors.indices.filter { errors[$0] == 0 }
    let infinite = errors.indices.filter { !errors[$0].isFinite }
    let parts = [(equal, "equal"), (infinite, "not a number")].filter { !$0.0.isEmpty }
      .map { "\(list($0.0)) \($0.1)" }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
  }

  private static func list(_ indices: [Int]) -> String {
    indices.map { "\($0 + 1)" }.joined(separator: ", ")
  }
}
