import ArgumentParser
import MAESTReport

/// Options for the contents of a track's figures.
struct FigureOptions: ParsableArguments {
  @Option(help: "Labels shown, highest activation first.")
  var top = 10

  @Option(help: "Where the window lies whose attention and tokens are shown, in per cent of the track.")
  var detail = 50.0

  /// Position of the detail window in the track, from 0 to 1.
  var detailPlace: Double { detail / 100 }

  func validate() throws {
    if top < 1 { throw ValidationError("--top \(top): at least 1 is needed") }
    if !(0...100).contains(detail) { throw ValidationError("--detail \(detail): from 0 to 100 per cent") }
  }
}

/// Throws if a path's extension is not that of a picture format.
func requirePictureFormat(ofPath path: String) throws {
  do { _ = try PictureFile.Format(path: path) } catch { throw ValidationError("\(error)") }
}
