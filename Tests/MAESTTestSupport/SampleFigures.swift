import Foundation
import MAESTPictures

/// A figure of every kind, of made-up values, as an analysis would show them.
public struct SampleFigure: Sendable {
  public let name: String
  public let figure: any Figure

  /// - Parameters:
  ///   - width: of the pictures, in points.
  public static func all(width: Int = 960) throws(PictureError) -> [SampleFigure] {
    let samples = SampleFigures(width: width)
    return [
      SampleFigure(name: "mel", figure: try samples.mel()),
      SampleFigure(name: "taggram", figure: try samples.taggram()),
      SampleFigure(name: "attention", figure: try samples.attention()),
      SampleFigure(name: "similarity", figure: try samples.similarity()),
      SampleFigure(name: "difference", figure: try samples.difference()),
      SampleFigure(name: "tags", figure: samples.tags()),
      SampleFigure(name: "activations", figure: samples.activations()),
      SampleFigure(name: "errors", figure: samples.errors()),
      SampleFigure(name: "characters", figure: CharacterSheet(width: width)),
    ]
  }

  /// All of them on a page, with tables, facts and names that would be markup if they were not text.
  public static func page() throws(PictureError) -> HTMLPage {
    var figures: [HTMLPage.Block] = []
    for sample in try all() where sample.name != "characters" {
      figures.append(
        .figure(try sample.figure.picture(), caption: "The figure '\(sample.name)', of made-up values."))
    }
    return HTMLPage(
      title: "Café del Mar <b>&amp; \"friends\"</b> – 01 Øresund.flac",
      subtitle: "What a page of figures looks like.",
      facts: [
        HTMLPage.Fact("File", "/music/<script>alert('no')</script>/01 Øresund.flac"),
        HTMLPage.Fact("Duration", "30.0 s"), HTMLPage.Fact("Model", "discogs-maest-30s-pw-2"),
        HTMLPage.Fact("Patches", "1"),
      ],
      sections: [
        HTMLPage.Section("Pictures of grids", Array(figures.prefix(5))),
        HTMLPage.Section("Charts", Array(figures.dropFirst(5))),
        HTMLPage.Section(
          "Numbers",
          [
            .paragraph("A table, and what a terminal would show."),
            .table(
              HTMLTable(
                header: ["Style", "Activation", "Logit"],
                rows: [
                  ["Electronic---Drum n Bass", "0.988", "4.41"],
                  ["Rock---Lo-Fi & <Indie>", "0.959", "-3.15"],
                ],
                numericColumns: [1, 2], caption: "The highest styles.")),
            .listing("$ maest tag track.flac\ntrack.flac  30.0 s, 1 patch"),
          ]),
      ],
      footer: "Made without a display.")
  }
}

private struct SampleFigures {
  let width: Int

  private static let styles = [
    "Electronic---Drum n Bass", "Electronic---Goa Trance", "Rock---Lo-Fi", "Funk / Soul---Contemporary R&B",
    "Folk, World, & Country---Éntekhno", "Jazz---Free Improvisation", "Hip Hop---Jazzy Hip-Hop",
    "Latin---Música Criolla", "Blues---Harmonica Blues", "Classical---Neo-Romantic",
  ]

  private static func grid(
    _ rows: Int, _ columns: Int, _ value: (_ row: Double, _ column: Double) -> Double
  ) throws(PictureError) -> Grid {
    var values: [Float] = []
    for row in 0..<rows {
      for column in 0..<columns {
        values.append(Float(value(Double(row), Double(column))))
      }
    }
    return try Grid(rows: rows, columns: columns, values: values)
  }

  /// Harmonics of a gliding tone above a falling floor, with a beat.
  ///
  /// - Parameters:
  ///   - detail: 1 for 96 bands and 625 frames, fewer for less.
  private static func melBands(detail: Double = 1) throws(PictureError) -> Grid {
    try grid(Int(96 * detail), Int(625 * detail)) { row, column in
      let (band, frame) = (row / detail, column / detail)
      let glide = 6 + 3 * sin(frame / 60)
      let harmonic = pow(cos(band / glide * Double.pi), 12) * exp(-band / 40)
      let beat = exp(-frame.truncatingRemainder(dividingBy: 62.5) / 14) * 0.5
      return -0.6 + 3.4 * harmonic + 2 * beat * exp(-pow(band - 70, 2) / 900) - band / 120
    }
  }

  private static let frequencies: Axis.Ticks = .at(
    [(250.0, 8.6), (500, 17.1), (1000, 33.6), (2000, 50.6), (4000, 70.7), (8000, 95.5)].map {
      Axis.Tick($0.1, String(Int($0.0)))
    })

  func mel() throws(PictureError) -> HeatMap {
    HeatMap(
      title: "Mel bands", values: try Self.melBands(), xAxis: .range("time (s)", from: 0, to: 10),
      yAxis: .range("frequency (Hz)", from: -0.5, to: 95.5, ticks: Self.frequencies), colors: .magma,
      valueLabel: "log energy", width: width,
      summary: "Harmonics of a gliding tone, with a beat every second.")
  }

  func taggram() throws(PictureError) -> HeatMap {
    let values = try Self.grid(Self.styles.count, 24) { style, patch in
      style == 4 && patch == 11
        ? .nan : exp(-style / 4) * (0.6 + 0.4 * sin(patch / 3 + style)) + 0.02 * style * (patch > 15 ? 1 : 0)
    }
    return HeatMap(
      title: "Styles over time", values: values, xAxis: .range("time (s)", from: 0, to: 120),
      yAxis: .names(Self.styles), extent: Extent(0, 1), valueLabel: "activation", width: width,
      summary: "Ten styles over two minutes; one value is missing.")
  }

  func attention() throws(PictureError) -> SmallMultiples {
    var panels: [SmallMultiples.Panel] = []
    for layer in 0..<6 {
      let values = try Self.grid(9, 62) { band, frame in
        let middle = 10 + 9 * Double(layer)
        return 0.02 * exp(-pow((frame - middle) / (4 + Double(layer)), 2)) * (0.3 + band / 12)
      }
      panels.append(SmallMultiples.Panel(title: "layer \(layer + 1)", values: values))
    }
    return SmallMultiples(
      title: "Attention of CLS over the mel bands", panels: panels,
      xAxis: .range("time (s)", from: 0, to: 10),
      yAxis: .range("frequency (Hz)", from: -0.5, to: 95.5, ticks: Self.frequencies), colors: .magma,
      valueLabel: "attention", backdrop: Backdrop(values: try Self.melBands(detail: 0.25)), panelsAcross: 3,
      width: width,
      summary: "The attention moves from left to right with the layers.")
  }

  func similarity() throws(PictureError) -> SmallMultiples {
    var panels: [SmallMultiples.Panel] = []
    for layer in 0..<8 {
      let values = try Self.grid(40, 40) { row, column in
        exp(-abs(row - column) / (3 + 4 * Double(layer))) * cos((row - column) / (9 - Double(layer)))
      }
      panels.append(SmallMultiples.Panel(title: "layer \(layer + 1)", values: values))
    }
    return SmallMultiples(
      title: "Similarity of tokens", panels: panels, xAxis: .automatic("token"), yAxis: .automatic("token"),
      rowOrder: .firstAtTop, colors: .cividis, valueLabel: "cosine", panelProportion: 1, width: width,
      summary: "Tokens grow more alike with the layers.")
  }

  func difference() throws(PictureError) -> HeatMap {
    HeatMap(
      title: "Difference of two tracks",
      values: try Self.grid(12, 4) { layer, pooling in sin(layer / 2 + pooling) },
      xAxis: .names(["CLS", "DIST", "mean of tokens", "all"]),
      yAxis: .names((1...12).map { "block \($0)" }), colors: .diverging, valueLabel: "difference",
      width: width,
      summary: "Differences on both sides of zero.")
  }

  func tags() -> BarChart {
    BarChart(
      title: "Top styles",
      bars: Self.styles.enumerated().map { BarChart.Bar($0.element, 0.95 * exp(-Double($0.offset) / 3)) },
      extent: Extent(0, 1), valueLabel: "activation", width: width,
      summary: "Activations fall from 0.95.")
  }

  func activations() -> LineChart {
    LineChart(
      title: "Top styles over time",
      curves: Self.styles.prefix(5).enumerated().map { index, style in
        Curve(
          style, step: 2,
          y: (0..<60).map { patch in
            index == 2 && (20..<26).contains(patch)
              ? .nan : Float((0.5 + 0.4 * sin(Double(patch) / 9 + Double(index))) * exp(-Double(index) / 5))
          })
      },
      xAxis: .automatic("time (s)"), yAxis: .range("activation", from: 0, to: 1), width: width,
      summary: "Five activations wax and wane.")
  }

  func errors() -> LineChart {
    let layers = (1...12).map(Double.init)
    return LineChart(
      title: "Relative error by layer",
      curves: [
        Curve("tokens", first: 1, y: layers.map { Float(2e-7 * exp($0 / 6)) }),
        Curve("allowed", first: 1, y: layers.map { _ in 1e-5 }),
      ],
      xAxis: .automatic("layer"), yAxis: .automatic("relative norm", scale: .logarithmic), marksPoints: true,
      width: width, plotHeight: 240, summary: "All errors are far below what is allowed.")
  }
}
