import MAEST
import MAESTLibrary

/// What became of a file that failed, in JSON: as in a record of `maest annotate`.
struct FileFailure: Encodable {
  struct Reason: Encodable {
    /// Where it failed; nil where that is not known.
    var stage: TrackError.Stage?
    /// A name that never changes: `AudioError.code` or `SignalError.code`, else the error's type.
    var code: String
    /// For people.
    var message: String
  }

  var path: String
  var error: Reason

  init(_ error: any Error, path: String) {
    let known = TrackError(error, of: Track(path: path, location: path))
    let isOfTheAnalysis = error is AudioError || error is SignalError || error is ModelError
    self.path = path
    self.error = Reason(
      stage: isOfTheAnalysis ? known.stage : nil, code: Self.code(of: error) ?? known.code,
      message: known.message)
  }

  /// Names of errors of the search for files; nil for any other.
  private static func code(of error: any Error) -> String? {
    if error is NoAudioFiles { return "noAudioFiles" }
    guard let error = error as? TrackSearchError else { return nil }
    return switch error {
    case .unreadableFolder: "unreadableFolder"
    case .unreadableList: "unreadableList"
    case .nameIsNoText: "nameIsNoText"
    case .nothingAt: "nothingAt"
    case .nothingMatches: "nothingMatches"
    case .outside: "outside"
    }
  }
}

/// Prints what became of a file that failed, for programs.
func printFailure(_ error: any Error, path: String) {
  if let line = try? jsonLine(FileFailure(error, path: path)) { print(line) }
}
