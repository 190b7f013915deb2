import MAESTPictures
import MAESTTestSupport
import Testing

@Suite struct LayoutTests {
  /// What is wrong with the places of texts: those that touch and those out of the picture.
  private func faults(_ picture: Picture) -> [String] {
    let page = Box(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
    let texts = picture.textBoxes
    var faults: [String] = []
    for (index, text) in texts.enumerated() {
      if !page.contains(text.box) { faults.append("'\(text.text)' at \(text.box) is not within \(page)") }
      for other in texts.dropFirst(index + 1) where other.box.intersects(text.box) {
        faults.append("'\(text.text)' at \(text.box) touches '\(other.text)' at \(other.box)")
      }
    }
    return faults
  }

  @Test func textsOfEveryKindOfFigureKeepApart() throws {
    for width in [400, 640, 960] {
      for sample in try SampleFigure.all(width: width) {
        let picture = try sample.figure.picture()
        #expect(picture.textBoxes.count > 5)
        #expect(faults(picture) == [], "\(sample.name) of width \(width)")
      }
    }
  }

  @Test func textsOfHostileFiguresKeepApart() throws {
    for (index, figure) in try HostileFigures.all().enumerated() {
      let picture = try figure.picture()
      #expect(faults(picture).prefix(3) == [], "figure \(index): \(type(of: figure)), \(picture.width) wide")
    }
  }

  @Test func usualNamesAreNeverCut() throws {
    let picture = try #require(try SampleFigure.all().first { $0.name == "taggram" }).figure.picture()
    let texts = picture.textBoxes.map(\.text)
    for name in [
      "Electronic---Drum n Bass", "Folk, World, & Country---Éntekhno", "Funk / Soul---Contemporary R&B",
    ] {
      #expect(texts.contains(name))
    }
    #expect(!texts.contains { $0.contains("…") })
  }

  @Test func shortNamesAndTheirFullText() throws {
    let name = String(repeating: "endless ", count: 40)
    let picture = try BarChart(title: "", bars: [.init(name, 1)]).picture()
    let label = picture.elements.lazy.compactMap { element in
      if case .text(let text) = element, text.text.hasSuffix("…") { text } else { nil }
    }.first
    #expect(label?.fullText == TextFitting.line(name))
    #expect(try picture.svg().contains("<title>\(TextFitting.line(name))</title>"))
  }

  @Test func imagesLieWithinTheirFigures() throws {
    for figure in try HostileFigures.all() {
      let picture = try figure.picture()
      let page = Box(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
      for case .image(let image, let box) in picture.elements {
        #expect(page.contains(box) && box.width >= 10 && box.height >= 10)
        #expect(Double(image.width) <= box.width || image.width == 1)
      }
    }
  }
}
