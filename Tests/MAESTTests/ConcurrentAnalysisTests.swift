import Foundation
import MAEST
import MAESTTestSupport
import Synchronization
import Testing

/// Analyses as tasks: cancelled, limited in time, and many at once.
@Suite struct ConcurrentAnalysisTests {
  /// Counts while tasks run.
  private final class Heart: Sendable {
    let hasEnded = Atomic<Bool>(false)
    let beats = Atomic<Int>(0)

    func beat() async throws {
      while !hasEnded.load(ordering: .relaxed) {
        beats.add(1, ordering: .relaxed)
        try await Task.sleep(for: .milliseconds(1))
      }
    }
  }

  private static var file: URL { URL(filePath: ReferenceModel.monoPath) }

  @Test func theAsynchronousCallsGiveTheSameBits() async throws {
    let model = try ReferenceModel.version2.load()
    let expected = try { try model.analyze(fileAt: ReferenceModel.monoPath) }()
    let found = try await model.analyze(fileAt: Self.file)
    expectIdentical(try found.meanActivations, try expected.meanActivations)
    let signal = try AudioLoader().load(ReferenceModel.monoPath)
    let ofSamples = try await model.analyze(signal.samples, sampleRate: 16000)
    expectIdentical(try ofSamples.meanActivations, try expected.meanActivations)
    var patches: [PatchAnalysis] = []
    var progress: [AnalysisProgress] = []
    for try await patch in try model.analyses(ofFileAt: Self.file) {
      patches.append(patch.analysis)
      progress.append(patch.progress)
    }
    #expect(patches.map(\.patch) == expected.patches.map(\.patch))
    #expect(patches.map(\.output.values) == expected.patches.map(\.output.values))
    #expect(progress.map(\.fraction) == [0.5, 1])
  }

  @Test func aFileThatCannotBeReadEndsTheSequenceWithItsError() async throws {
    let model = try ReferenceModel.version2.load()
    let patches = try model.analyses(ofFileAt: URL(filePath: "/nowhere.wav"))
    await #expect(throws: AudioError.fileNotFound(path: "/nowhere.wav")) {
      for try await _ in patches {}
    }
  }

  /// One who stops taking results gets no more made, and nothing waits for them for ever.
  @Test func aSequenceMayBeLeft() async throws {
    let model = try ReferenceModel.version2.load()
    for _ in 0..<3 {
      for try await patch in try model.analyses(ofFileAt: Self.file) {
        #expect(patch.analysis.patch.index == 0)
        break
      }
    }
  }

  @Test func cancelledTasksEnd() async throws {
    let model = try ReferenceModel.version2.load()
    let task = Task { try await model.analyze(fileAt: Self.file) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let sequence = Task {
      for try await _ in try model.analyses(ofFileAt: Self.file) { withUnsafeCurrentTask { $0?.cancel() } }
    }
    await #expect(throws: CancellationError.self) { try await sequence.value }
  }

  /// A synchronous call within a task sees its cancellation too.
  @Test func cancelledTasksEndSynchronousCalls() async throws {
    let model = try ReferenceModel.version2.load()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try { try model.analyze(fileAt: ReferenceModel.monoPath) }()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func timeLimitsEndAnalyses() async throws {
    let model = try ReferenceModel.version2.load()
    let error = ModelError.timeLimitExceeded(limit: .zero)
    #expect(throws: error) { try model.analyze(fileAt: ReferenceModel.monoPath, timeLimit: .zero) }
    await #expect(throws: error) { try await model.analyze(fileAt: Self.file, timeLimit: .zero) }
    let signal = try AudioLoader().load(ReferenceModel.monoPath)
    #expect(throws: error) { try model.analyze(signal, timeLimit: .zero) }
    #expect(try model.analyze(signal, timeLimit: .seconds(Int64.max)).patches.count == 2)
  }

  /// Nothing is waited for beyond the limit, not even a pipe that gives nothing.
  @Test func timeLimitsEndTheWaitForAFile() throws {
    let model = try ReferenceModel.version2.load()
    try withTemporaryFolder { folder in
      #expect(mkfifo(folder + "/pipe.wav", 0o600) == 0)
      #expect(throws: ModelError.timeLimitExceeded(limit: .milliseconds(100))) {
        try model.analyze(fileAt: folder + "/pipe.wav", timeLimit: .milliseconds(100))
      }
      // Lets the thread that waits go on, and end.
      let descriptor = open(folder + "/pipe.wav", O_RDWR | O_NONBLOCK)
      #expect(descriptor >= 0)
      close(descriptor)
    }
  }

  /// A hundred analyses at once leave the threads that tasks share to others: a heartbeat goes on, and one that waits for
  /// a thread is cancelled at once.
  @Test func aHundredAnalysesLeaveTheSharedThreadsFree() async throws {
    let model = try ReferenceModel.version2.load()
    let heart = Heart()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 { group.addTask { _ = try await model.analyze(fileAt: Self.file) } }
      let beating = Task { try await heart.beat() }
      // The last of more than a hundred, it has not begun.
      let last = Task { try await model.analyze(fileAt: Self.file) }
      try await Task.sleep(for: .milliseconds(1))
      last.cancel()
      await #expect(throws: CancellationError.self) { try await last.value }
      try await group.waitForAll()
      heart.hasEnded.store(true, ordering: .relaxed)
      try await beating.value
    }
    // It would be one if the analyses had blocked the threads.
    let count = heart.beats.load(ordering: .relaxed)
    #expect(count >= 10)
  }
}
