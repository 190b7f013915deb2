import MAEST
import MAESTLibrary

/// Events that `--progress json` prints.
enum AnnotateEvent {
  struct Planned: Encodable {
    var event = "planned"
    var found: Int
    var toDo: Int
    var reasons: [String: Int]
    var upToDate: Int
    var missing: Int
    var otherSettings: Int
    var refreshed: Int
    var recognizable: Int
    var partialEarlier: Int
    var failedEarlier: Int
    var otherFiles: Int
    var otherShards: Int
  }

  struct Failed: Encodable {
    var event = "failed"
    var path: String
    var error: TrackError
  }

  struct Partial: Encodable {
    var event = "partial"
    var path: String
    var lostSeconds: Double
    var warnings: [AudioWarning]
  }

  struct Progress: Encodable {
    var event: String
    var recorded: Int
    var total: Int?
    var partial: Int
    var recognized: Int
    var failed: Int
    var patchCount: Int
    var seconds: Double
    var audioSeconds: Double
    var tracksPerSecond: Double
    var realTimeFactor: Double
    var secondsLeft: Double?
  }
}
