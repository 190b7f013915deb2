import ArgumentParser
import Foundation
import MAEST
import MAESTReport

struct ReportCommand: AsyncParsableCommand, QuietableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one page about a track: its tags over time, its sound, and where in it the model looks.",
    discussion: """
      The page is one HTML file that holds everything it shows: it can be opened without a network, sent, and printed.
      Attention and tokens are those of one window, in the middle of the track (or of the range from --start to --end)
      unless --detail says otherwise. A file is decoded once; its mel bands are kept in memory, 24 KB a second.

      Examples:
        maest report track.flac -o track.html
        maest report track.flac --model 30s-pw-2 --top 20 --hop-seconds 5
        maest report *.mp3 --out-dir pages
        maest report set.mp3 --start 1:00:00 --end 1:10:00 --detail 80
      """)

  @OptionGroup var fileArguments: AudioFileArguments
  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var patchOptions: PatchOptions

  @OptionGroup var figureOptions: FigureOptions

  @Option(
    name: .shortAndLong,
    help: "The page of one audio file. Default: the track's name with .html, in the current folder.",
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: """
      Folder, made if it is missing, for a page for each audio file, named after it; those of a folder keep their places \
      below it. Default: the current folder.
      """,
    completion: .directory)
  var outDir: String?

  @OptionGroup var quietOption: QuietOption

  func validate() throws {
    try OutputFolder.requireOnePlace(output: output, folder: outDir)
  }

  func run() async throws {
    let files = fileArguments.search()
    let folder = OutputFolder(path: outDir ?? "", ending: "html")
    if output == nil { try folder.check(files) } else { try OutputFolder.requireOne(files, for: "-o") }
    let model = try attempt { try modelOptions.load() }
    let report = TrackReport(
      model, topCount: figureOptions.top, windows: patchOptions.request([]).windows,
      detailPlace: figureOptions.detailPlace)
    try await forEachFile(files) { file, place in
      let path = output ?? folder.path(of: file)
      if output == nil { try folder.makeFolder(for: path) }
      let track = try report.track(ofFileAt: file.path, loader: fileArguments.decodingOptions.loader)
      printWarnings(track.warnings, of: file.name)
      let page = try report.page(of: track, named: file.path) { progress in
        StandardError.show(progress, of: place + file.name)
      }
      try PictureFile.write(page, to: path)
      StandardError.show(progress: "")
      printLine("\(path): a page about \(file.name)\(model.precision.remark)")
    }
  }
}
