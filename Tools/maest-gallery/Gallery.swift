import ArgumentParser
import Foundation
import MAESTPictures
import MAESTTestSupport

/// Draws a figure of every kind, to be looked at.
@main
struct Gallery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest-gallery",
    abstract: "Draws a figure of every kind, of made-up values: PNG, SVG, and a page of all.")

  @Argument(help: "The folder to write to; made if it is missing.", completion: .directory)
  var folder: String

  func run() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for sample in try SampleFigure.all() {
      let picture = try sample.figure.picture()
      try write(Data(picture.png()), to: "\(sample.name).png")
      try write(Data(picture.svg().utf8), to: "\(sample.name).svg")
    }
    try write(Data(SampleFigure.page().html().utf8), to: "page.html")
  }

  private func write(_ data: Data, to name: String) throws {
    try data.write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  }
}
