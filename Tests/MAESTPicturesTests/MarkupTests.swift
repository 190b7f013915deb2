import Foundation
import MAESTPictures
import MAESTTestSupport
import Testing

@Suite struct MarkupTests {
  private func elements(_ text: String) throws -> [XMLReader.Element] {
    try #require(XMLReader.elements(of: text), "not well-formed")
  }

  @Test func markupBecomesText() {
    #expect(
      Markup.escaped("<a href=\"x\">'&'</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")
    #expect(Markup.escaped("a\u{0}b\u{1B}c\u{FFFE}d\re\tf") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\ne\tf")
    #expect(Markup.escaped("Éø🎧") == "Éø🎧")
  }

  @Test func everyFigureIsWellFormedAndHasItsTexts() throws {
    for sample in try SampleFigure.all() {
      let picture = try sample.figure.picture()
      let elements = try elements(try picture.svg())
      #expect(elements.filter { $0.name == "text" }.map(\.text) == picture.textBoxes.map(\.text))
      let root = try #require(elements.first)
      #expect(root.attributes["viewBox"] == "0 0 \(picture.width) \(picture.height)")
      #expect(root.attributes["aria-label"] == "\(picture.title). \(picture.summary)")
      #expect(elements[1].name == "title" && elements[1].text == picture.title)
    }
  }

  @Test func hostileFiguresAreWellFormedWithoutForeignElements() throws {
    let known: Set = ["svg", "title", "rect", "image", "path", "circle", "text"]
    for figure in try HostileFigures.all() {
      let elements = try elements(try figure.picture().svg())
      #expect(Set(elements.map(\.name)).subtracting(known) == [])
      #expect(elements.allSatisfy { $0.attributes["id"] == nil })
    }
  }

  @Test func imagesInFiguresAreTheCells() throws {
    let grid = try Grid(rows: 2, columns: 3, values: [0, 1, 2, 3, 4, 10])
    let svg = try HeatMap(title: "", values: grid, rowOrder: .firstAtTop).picture().svg()
    let address = try #require(try elements(svg).first { $0.name == "image" }?.attributes["href"])
    let prefix = "data:image/png;base64,"
    #expect(address.hasPrefix(prefix))
    let file = try #require(Data(base64Encoded: String(address.dropFirst(prefix.count))))
    let image = try PNGImage(decoding: Array(file))
    #expect(image.width == 3 && image.height == 2)
    for row in 0..<2 {
      for column in 0..<3 {
        #expect(image[row, column] == ColorMap.viridis.color(at: Double(grid[row, column]) / 10))
      }
    }
  }

  @Test func thePageHoldsAllThatItShows() throws {
    let elements = try elements(try SampleFigure.page().html())
    let allowed: Set = [
      "html", "head", "meta", "title", "style", "body", "header", "h1", "bdi", "p", "dl", "div", "dt", "dd",
      "nav",
      "ul", "li", "a", "main", "section", "h2", "figure", "figcaption", "svg", "rect", "image", "path",
      "circle",
      "text", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "footer",
    ]
    #expect(Set(elements.map(\.name)).subtracting(allowed) == [])
    for element in elements {
      for (name, value) in element.attributes {
        #expect(!name.hasPrefix("on"))
        if ["href", "src"].contains(name) {
          #expect(value.hasPrefix("data:image/png;base64,") || value.hasPrefix("#"))
        }
      }
    }
    #expect(!elements.contains { $0.text.contains("url(") || $0.text.contains("@import") })
    let ids = elements.compactMap { $0.attributes["id"] }
    #expect(ids == ["section-1", "section-2", "section-3"])
    let links = elements.compactMap { $0.name == "a" ? $0.attributes["href"] : nil }
    #expect(links == ids.map { "#\($0)" })
    #expect(elements.first?.attributes["lang"] == "en")
    let pictures = elements.filter { $0.name == "svg" }
    #expect(pictures.count == 8 && pictures.allSatisfy { $0.attributes["aria-label"]?.isEmpty == false })
    #expect(elements.contains { $0.name == "meta" && $0.attributes["name"] == "viewport" })
    #expect(elements.contains { $0.name == "bdi" && $0.text.contains("<script>alert('no')</script>") })
  }

  @Test(arguments: HostileFigures.names) func pagesShowWhateverTextTheyGet(name: String) throws {
    let table = HTMLTable(header: [name, "b"], rows: [[name, name]], numericColumns: [1], caption: name)
    let picture = try BarChart(title: name, bars: [.init(name, 1)], summary: name).picture()
    let page = HTMLPage(
      title: name, subtitle: name, language: name, facts: [.init(name, name)],
      sections: (0..<3).map { _ in
        .init(
          name,
          [
            .paragraph(name), .figure(picture, caption: name), .table(table), .listing(name),
            .facts([.init(name, name)]),
          ])
      }, footer: name)
    let elements = try elements(try page.html())
    #expect(!elements.contains { $0.name == "script" })
    #expect(elements.count(where: { $0.name == "figure" }) == 3)
    #expect(elements.count(where: { $0.name == "td" }) == 6)
  }

  @Test func tablesMustBeEven() {
    let table = HTMLTable(header: ["a", "b"], rows: [["1", "2"], ["3"]])
    let page = HTMLPage(title: "", sections: [.init("", [.table(table)])])
    #expect(throws: PictureError.wrongCellCount(row: 1, expected: 2, found: 1)) { try page.html() }
  }

  @Test func theSamePageIsTheSameBytes() throws {
    #expect(try SampleFigure.page().html() == SampleFigure.page().html())
  }
}
