import Foundation
import MAEST
import MAESTPictures
import MAESTReport
import MAESTTestSupport
import Testing

/// The page about a track.
@Suite struct TrackReportTests {
  private func page(_ model: MAESTModel, _ path: String = ReportModel.track) throws -> String {
    try TrackReport(model, topCount: 3).page(forFileAt: path).html()
  }

  @Test func everythingIsOnIt() throws {
    let html = try page(ReportModel.load())
    for text in [
      "<h1><bdi>mono-16k.wav</bdi></h1>", "Tags over time", "Mel spectrogram",
      "Attention of CLS, rolled out through 3 layers", "Attention of CLS in each layer",
      "Attention of DIST in each layer", "Norm of the tokens in each layer",
      "Similarity of the tokens to CLS in each layer", "tiny.pb", "12.30 s",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(html.components(separatedBy: "<svg").count == 9)
  }

  /// Nothing is fetched from elsewhere, and the same track gives the same bytes.
  @Test func itStandsAloneAndIsTheSameEveryTime() throws {
    let model = try ReportModel.load()
    let html = try page(model)
    #expect(!html.contains("<script") && !html.contains("<link"))
    for attribute in ["src=\"", "href=\""] {
      for part in html.components(separatedBy: attribute).dropFirst() {
        #expect(part.hasPrefix("#") || part.hasPrefix("data:image/png;base64,"), "\(part.prefix(60))")
      }
    }
    #expect(try page(model) == html)
  }

  @Test func thePrecision() throws {
    #expect(try page(ReportModel.load()).contains("<dt>Precision</dt><dd><bdi>exact</bdi></dd>"))
  }

  @Test func aModelWithoutTags() throws {
    let html = try page(ReportModel.load { $0.head = nil })
    #expect(!html.contains("Top tags") && html.contains("Mel spectrogram"))
  }

  @Test func hostileNamesAreShownAsText() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/<b onload='x'>&\".wav"
      try FileManager.default.copyItem(atPath: ReportModel.track, toPath: path)
      let html = try page(ReportModel.load(), path)
      #expect(html.contains("&lt;b onload=&#39;x&#39;&gt;&amp;&quot;.wav"))
      #expect(!html.contains("<b onload"))
    }
  }

  @Test func theWindowsThatAreAskedFor() throws {
    let model = try ReportModel.load()
    var report = TrackReport(model, windows: .evenlySpaced(4).within(TimeRange(start: 2, end: 6)))
    report.detailPlace = 0
    let html = try report.page(forFileAt: ReportModel.track).html()
    #expect(html.contains("<dt>Windows tagged</dt><dd><bdi>4</bdi></dd>"))
    #expect(html.contains("<dt>Window shown in detail</dt><dd><bdi>2.00 s to 2.58 s</bdi></dd>"))
  }

  @Test func filesOfPictures() throws {
    try withTemporaryFolder { folder in
      let figure = TrackFigures(try ReportModel.load()).topTags([LabelActivation(label: "a", activation: 0.5)]
      )
      try PictureFile.write(figure, to: folder + "/tags.PNG", scale: 1)
      let file = try Data(contentsOf: URL(filePath: folder + "/tags.PNG"))
      #expect(try Array(file) == figure.picture().png(scale: 1))
      try PictureFile.write(figure, to: folder + "/tags.svg")
      #expect(try String(contentsOfFile: folder + "/tags.svg", encoding: .utf8) == figure.picture().svg())
      for name in ["tags.jpg", "tags", ""] {
        #expect(throws: PictureFileError.unknownFormat(path: name, known: ["png", "svg"])) {
          try PictureFile.write(figure, to: name)
        }
      }
      #expect(throws: (any Error).self) { try PictureFile.write(figure, to: folder + "/missing/tags.png") }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["tags.PNG", "tags.svg"])
    }
  }
}
