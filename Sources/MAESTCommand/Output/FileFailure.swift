import MAEST
import MAESTLibrary

/// A failed file in JSON, in the form of a record of `maest annotate`.
struct FileFailure: Encodable {
  struct Reason: Encodable {
    /// The stage that failed; nil if unknown.
    var stage: TrackError.Stage?
    /// A stable identifier: `AudioError.code` or `SignalError.code`, else the error's type.
    var code: String
    /// Human-readable message.
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

  /// The code of an error of the file search; nil for any other error.
  private static func code(of error: any Error) -> String? {
    if error is NoAudioFiles { return "noAudioFiles" }
    guard let error = error as? TrackSearchError else { return nil }
    return switch error {
    case .unreadableFolder: "unreadableFolder"
    case .unreadableList: "unreadableList"
    case .nothingAt: "nothingAt"
    case .nothingMatches: "nothingMatches"
    case .outside: "outside"
    }
  }
}

/// Prints a failed file as a line of JSON.
func printFailure(_ error: any Error, path: String) {
  if let line = try? jsonLine(FileFailure(error, path: path)) { print(line) }
}
