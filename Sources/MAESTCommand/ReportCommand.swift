import ArgumentParser
import Foundation
import MAEST
import MAESTReport

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one page about a track: its tags over time, its sound, and where in it the model looks.",
    discussion: """
      The page is one HTML file that holds everything it shows: it can be opened without a network, sent, and printed.
      Attention and tokens are those of one window, in the middle of the track (or of the range from --start to --end)
      unless --detail says otherwise.

      Examples:
        maest report track.flac -o track.html
        maest report track.flac --model 30s-pw-2 --top 20 --hop-seconds 5
        maest report set.mp3 --start 1:00:00 --end 1:10:00 --detail 80
      """)

  @Argument(help: "Audio file.", completion: .file())
  var file: String

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @OptionGroup var figureOptions: FigureOptions

  @Option(
    name: .shortAndLong, help: "The page. Default: the track's name with .html, in the current folder.",
    completion: .file(extensions: ["html"]))
  var output: String?

  func run() throws {
    defer { StandardError.show(progress: "") }
    try attempt(file: file) {
      let model = try modelOptions.load()
      let report = TrackReport(
        model, topCount: figureOptions.top, windows: patchOptions.request([]).windows,
        detailPlace: figureOptions.detailPlace)
      let page = try report.page(forFileAt: file) { done, total in
        StandardError.show(patches: done, of: total, file: file)
      }
      try PictureFile.write(page, to: path)
      StandardError.show(progress: "")
      print("\(path): a page about \(file)\(model.precision.remark)")
    }
  }

  private var path: String {
    output ?? URL(filePath: file).deletingPathExtension().lastPathComponent + ".html"
  }
}
