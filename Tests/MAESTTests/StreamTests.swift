import Foundation
import MAEST
import MAESTTestSupport
import Synchronization
import Testing

/// Files, signals and streams give the same results to the last bit.
@Suite struct StreamTests {
  private final class Flags: Sendable {
    let areWaiting = Atomic(true)
    let isReleased = Atomic(false)
  }

  private static let request = AnalysisRequest(
    taps: [.logits, .blockOutput(layer: 2)], hopSize: 100, lastPatchMode: .repeat)

  @Test func fileSignalAndStreamAgree() async throws {
    let model = try ReferenceModel.version2.load()
    let fromFile = try model.analyze(fileAt: ReferenceModel.stereoPath, Self.request)
    let signal = try AudioLoader().load(ReferenceModel.stereoPath)
    let fromSignal = try model.analyze(signal, Self.request)
    var streamed: [PatchAnalysis] = []
    for try await result in try model.analyses(of: AudioChunks(path: ReferenceModel.stereoPath), Self.request)
    {
      streamed.append(result)
    }
    #expect(fromFile.patches.count == 5 && fromFile.duration == fromSignal.duration)
    for patches in [fromSignal.patches, streamed] {
      #expect(patches.map(\.patch) == fromFile.patches.map(\.patch))
      for (found, expected) in zip(patches, fromFile.patches) {
        expectIdentical(found.output.logits?.elements ?? [], expected.output.logits?.elements ?? [1])
        expectIdentical(
          found.output[.blockOutput(layer: 2)]?.elements ?? [],
          expected.output[.blockOutput(layer: 2)]?.elements ?? [1])
      }
    }
  }

  /// Files that do not answer take none of the threads that tasks share.
  @Test func waitingForAFileBlocksNoTask() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/maest-pipe-\(UUID())"
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let flags = Flags()
    let others = DispatchSemaphore(value: 0)
    let count = 2 * ProcessInfo.processInfo.activeProcessorCount
    // Where tasks are blocked, nothing else would end this test.
    Thread.detachNewThread {
      let isInTime = others.wait(timeout: .now() + 300) == .success
      if !isInTime { flags.isReleased.store(true, ordering: .relaxed) }
      while flags.areWaiting.load(ordering: .relaxed) {
        // Somebody opens the pipe, and closes it.
        close(open(path, O_WRONLY | O_NONBLOCK))
        usleep(1000)
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask {
          let chunks = AudioChunks(path: path, loader: AudioLoader(ffmpeg: nil)).makeAsyncIterator()
          await #expect(throws: AudioError.self) { _ = try await chunks.next() }
        }
      }
      for _ in 0..<count { await Task.yield() }
      for _ in 0..<count { await Task.detached {}.value }
      others.signal()
      await group.waitForAll()
    }
    flags.areWaiting.store(false, ordering: .relaxed)
    let isReleased = flags.isReleased.load(ordering: .relaxed)
    #expect(!isReleased, "other tasks ran only when the files had answered")
  }

  @Test func progressCountsAllPatches() throws {
    let model = try ReferenceModel.version2.load()
    var steps: [(Int, Int?)] = []
    _ = try model.analyze(fileAt: ReferenceModel.monoPath, .tags) {
      steps.append(($0.patchCount, $0.expectedPatchCount))
    }
    #expect(steps.map(\.0) == [1, 2] && steps.map(\.1) == [2, 2])
  }

  @Test func patchesOfAnotherSizeAreRefused() throws {
    let model = try ReferenceModel.version2.load()
    #expect(throws: ModelError.wrongPatchSize(found: 300, expected: 316)) {
      try model.analyze(fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], patchSize: 300))
    }
    _ = try model.analyze(fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], patchSize: 316))
  }

  /// A run that is cancelled ends before the next block.
  @Test func cancelledBetweenBlocks() throws {
    struct Stop: Error {}
    let model = try ReferenceModel.version2.load()
    var analyzer = try model.patchAnalyzer(.tags, head: nil)
    let signal = try AudioLoader().load(ReferenceModel.monoPath).samples
    var feed = try model.patchStream(.tags)
    feed.add(signal[...])
    let patch = try #require(try feed.next())
    for limit in 0..<12 {
      var count = 0
      #expect(throws: Stop.self) {
        _ = try analyzer(patch) {
          if count == limit { throw Stop() }
          count += 1
        }
      }
      #expect(count == limit)
    }
  }
}
