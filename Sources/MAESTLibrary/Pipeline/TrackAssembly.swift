import MAEST
import Synchronization

/// Collects the results of a track's patches.
///
/// Results may arrive in any order and from any thread. The record is made from them in order of time, so that it is
/// independent of scheduling.
final class TrackAssembly: Sendable {
  private struct State {
    var summary: TrackSummary
    var next = 0
    /// Results that arrived before those of earlier patches.
    var early: [Int: PatchValues] = [:]
    var decoded: DecodedTrack?
    var patchCount: Int?
    var isOver = false
  }

  let track: Track
  private let file: FileState?
  private let plan: RecordPlan
  private let state: Mutex<State>

  /// - Parameter file: state of the file before it was opened.
  init(_ track: Track, file: FileState?, plan: RecordPlan) {
    self.track = track
    self.file = file
    self.plan = plan
    state = Mutex(State(summary: TrackSummary(plan)))
  }

  /// Whether the record was made, so that further patches can be skipped.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Adds the results of a patch.
  ///
  /// - Returns: the record, if the track is now complete.
  func add(_ values: PatchValues) -> TrackRecord? {
    state.withLock { state in
      state.early[values.analysis.patch.index] = values
      while let result = state.early.removeValue(forKey: state.next) {
        state.summary.add(result)
        state.next += 1
      }
      return recordIfComplete(&state)
    }
  }

  /// Marks all patches as cut.
  ///
  /// - Returns: the record, if the track is now complete.
  func end(_ outcome: DecodedTrack, patchCount: Int) -> TrackRecord? {
    state.withLock { state in
      state.decoded = outcome
      state.patchCount = patchCount
      return recordIfComplete(&state)
    }
  }

  /// Ends the track with an error.
  ///
  /// - Returns: the record of the failure; nil if the track already has a record.
  func fail(_ error: any Error) -> TrackRecord? {
    state.withLock { state in
      guard !state.isOver else { return nil }
      state.isOver = true
      state.early = [:]
      return failedRecord(TrackError(error, of: track))
    }
  }

  private func recordIfComplete(_ state: inout State) -> TrackRecord? {
    guard !state.isOver, let decoded = state.decoded, state.patchCount == state.next else { return nil }
    state.isOver = true
    var record = TrackRecord(path: track.path, status: .done, file: file, provenance: plan.provenance)
    record.cue = track.cue
    record.add(decoded, sampleRate: plan.sampleRate, patchCount: state.next)
    state.summary.complete(&record)
    guard record.hasFiniteValues else {
      return failedRecord(
        TrackError(
          stage: .analyze, code: "nonFiniteValues",
          message: "the network gave values that are NaN or infinite. Check the model's weights."))
    }
    return record
  }

  private func failedRecord(_ error: TrackError) -> TrackRecord {
    var record = TrackRecord(path: track.path, status: .failed, file: file, provenance: plan.provenance)
    record.cue = track.cue
    record.error = error
    return record
  }
}
