import Synchronization

/// How far a run has come; may be looked at from any thread.
public final class AnnotationProgress: Sendable {
  /// What was counted since the run began.
  public struct Counts: Sendable, Hashable {
    /// Tracks with a record since the run began, and those of them that failed.
    public var recordedCount = 0
    public var failedCount = 0
    /// Seconds of audio of the tracks that are done.
    public var audioSeconds = 0.0
    /// Patches that went through the network.
    public var patchCount = 0
  }

  private let state = Mutex(Counts())

  public init() {}

  /// As they are now.
  public var counts: Counts { state.withLock { $0 } }

  func add(_ records: [TrackRecord]) {
    state.withLock { counts in
      for record in records {
        counts.recordedCount += 1
        counts.failedCount += record.status == .failed ? 1 : 0
        counts.audioSeconds += record.audio?.duration ?? 0
      }
    }
  }

  func addPatches(_ count: Int) { state.withLock { $0.patchCount += count } }
}
