import Synchronization

/// Progress of a run; may be read from any thread.
public final class AnnotationProgress: Sendable {
  /// Counts since the start of the run.
  public struct Counts: Sendable, Hashable {
    /// Tracks recorded since the start of the run, and how many of them are partial, and failed.
    public var recordedCount = 0
    public var partialCount = 0
    public var failedCount = 0
    /// Tracks that took the numbers of a record of the same sound: they were moved or retagged.
    public var recognizedCount = 0
    /// Total duration of the tracks that are done or partial, in seconds.
    public var audioSeconds = 0.0
    /// Patches that the network has processed.
    public var patchCount = 0
  }

  private let state = Mutex(Counts())

  public init() {}

  /// The current counts.
  public var counts: Counts { state.withLock { $0 } }

  func add(_ batch: WrittenBatch) {
    state.withLock { counts in
      counts.recognizedCount += batch.recognizedCount
      for record in batch.outcomes {
        counts.recordedCount += 1
        switch record.status {
        case .done: break
        case .partial: counts.partialCount += 1
        case .failed: counts.failedCount += 1
        }
        counts.audioSeconds += record.audio?.duration ?? 0
      }
    }
  }

  func addPatches(_ count: Int) { state.withLock { $0.patchCount += count } }
}
