import MAESTPictures

/// Figures of sizes and names that nobody hopes for.
enum HostileFigures {
  static let names = [
    "", " ", "Electronic---Drum n Bass", String(repeating: "long name ", count: 40),
    String(repeating: "W", count: 300),
    "👩‍👩‍👧‍👦🎧🥁", "مرحبا بالعالم", "漢字かな交じり文", "Z\u{335}\u{321}\u{327}\u{342}\u{343}a\u{300}\u{301}\u{302}lgo",
    "a\nb\tc\u{0}d\u{1B}[31m", "</text><script>alert(\"1\")</script>", "&amp; ' \" < >", "\u{202E}desrever",
    "Éøß",
  ]

  static func names(_ count: Int) -> [String] { (0..<count).map { names[$0 % names.count] } }

  static func grid(_ rows: Int, _ columns: Int) throws(PictureError) -> Grid {
    try Grid(rows: rows, columns: columns, values: (0..<rows * columns).map { Float(($0 * 31) % 17) - 5 })
  }

  static let sizes = [(1, 1), (1, 400), (400, 1), (2, 3), (14, 14), (400, 400), (41, 7)]
  static let widths = [400, 640, 960, 1400]

  static func heatMaps() throws(PictureError) -> [HeatMap] {
    var maps: [HeatMap] = []
    for (rows, columns) in sizes {
      let values = try grid(rows, columns)
      for width in widths {
        maps.append(
          HeatMap(
            title: names[maps.count % names.count], values: values,
            xAxis: .names(names(columns), label: names[3]), yAxis: .names(names(rows), label: names[4]),
            valueLabel: names[3], width: width))
        maps.append(
          HeatMap(
            title: names[3], values: values,
            xAxis: .range(names[10], from: -1e-9, to: 1e-9),
            yAxis: .range(names[5], from: 0, to: 1, ticks: .at(names(30).map { Axis.Tick(0.5, $0) })),
            colors: .diverging, extent: Extent(-1e12, 3e12), valueLabel: names[5], width: width,
            plotHeight: 40))
        maps.append(HeatMap(title: "", values: values, width: width))
      }
    }
    return maps
  }

  static func smallMultiples() throws(PictureError) -> [SmallMultiples] {
    var figures: [SmallMultiples] = []
    for (rows, columns) in [(1, 1), (14, 14), (1, 300), (300, 1)] {
      for panelCount in [1, 2, 5, 12] {
        let values = try grid(rows, columns)
        for width in [640, 960] {
          figures.append(
            SmallMultiples(
              title: names[panelCount], panels: names(panelCount).map { .init(title: $0, values: values) },
              xAxis: .names(names(columns), label: names[3]), yAxis: .names(names(rows), label: names[3]),
              valueLabel: names[5], width: width))
          figures.append(
            SmallMultiples(
              title: "", panels: names(panelCount).map { .init(title: $0, values: values) },
              xAxis: .range("x", from: 0, to: 100_000), yAxis: .range("y", from: -1e-7, to: 1e-7),
              panelsAcross: 3, panelProportion: 1.4, width: width))
        }
      }
    }
    return figures
  }

  static func charts() throws(PictureError) -> [any Figure] {
    var figures: [any Figure] = []
    for width in widths {
      for count in [1, 2, 14, 60] {
        figures.append(
          LineChart(
            title: names[count % names.count],
            curves: names(count).enumerated().map {
              Curve($0.element, y: [0, Float($0.offset), .nan, .infinity, 3])
            },
            xAxis: .automatic(names[3]), yAxis: .automatic(names[4]), width: width))
        figures.append(
          LineChart(
            title: names[3],
            curves: names(count).map { Curve($0, first: 1e-30, step: 1e20, y: [0, -1, 1e-30, 1e30]) },
            xAxis: .automatic("x", scale: .logarithmic), yAxis: .automatic("y", scale: .logarithmic),
            marksPoints: true, width: width, plotHeight: 40))
        figures.append(
          BarChart(
            title: names[count % names.count],
            bars: names(count).enumerated().map { .init($0.element, Double($0.offset) - 5) },
            valueLabel: names[3], width: width))
      }
      figures.append(LineChart(title: "one point", curves: [Curve("", y: [7])], width: width))
      figures.append(
        LineChart(title: "no point", curves: [Curve("", y: []), Curve("nan", y: [.nan])], width: width))
      figures.append(
        LineChart(title: "names", curves: [Curve("", y: [1, 2])], xAxis: .names(names(14)), width: width))
      figures.append(
        BarChart(
          title: "huge", bars: [.init("a", 1e300), .init("b", .nan), .init("c", -.infinity)], decimals: 50,
          width: width))
    }
    return figures
  }

  static func all() throws(PictureError) -> [any Figure] {
    let charts = try charts()
    return try heatMaps() + smallMultiples() + charts
  }
}
