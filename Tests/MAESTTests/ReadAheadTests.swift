import Foundation
import MAEST
import MAESTAudio
import MAESTTestSupport
import Synchronization
import Testing

/// Values made ahead on a thread of their own, and files decoded that way.
@Suite struct ReadAheadTests {
  private struct Failure: Error, Equatable {}

  @Test(arguments: [1, 2, 7]) func valuesComeInOrderAndThenTheEnd(capacity: Int) throws {
    let ahead = ReadAhead<Int>(capacity: capacity) { deliver in for value in 0..<100 { try deliver(value) } }
    for value in 0..<100 { #expect(try ahead.next() == value) }
    #expect(try ahead.next() == nil)
    #expect(try ahead.next() == nil)
  }

  @Test func anErrorComesAfterTheValuesBeforeIt() throws {
    let ahead = ReadAhead<Int>(capacity: 3) { deliver in
      try deliver(1)
      try deliver(2)
      throw Failure()
    }
    #expect(try ahead.next() == 1)
    #expect(try ahead.next() == 2)
    #expect(throws: Failure()) { try ahead.next() }
    #expect(throws: Failure()) { try ahead.next() }
  }

  @Test func noMoreWaitThanThereIsRoomFor() throws {
    let made = Mutex(0)
    let ahead = ReadAhead<Int>(capacity: 2) { deliver in
      for value in 0..<50 {
        made.withLock { $0 += 1 }
        try deliver(value)
      }
    }
    for taken in 0..<50 {
      // What is taken, what waits, and one in the making.
      #expect(made.withLock { $0 } <= taken + 3)
      #expect(try ahead.next() == taken)
    }
  }

  @Test func theThreadEndsWhenNobodyWantsMore() throws {
    let ended = DispatchSemaphore(value: 0)
    let ahead = ReadAhead<Int>(capacity: 1) { deliver in
      defer { ended.signal() }
      while true { try deliver(0) }
    }
    #expect(try ahead.next() == 0)
    ahead.abandon()
    #expect(ended.wait(timeout: .now() + 60) == .success)
  }

  /// Also where an error leaves no time to say so: a decoder, and its ffmpeg, would wait for ever.
  @Test func theThreadEndsWithItsObject() throws {
    let ended = DispatchSemaphore(value: 0)
    for takesOne in [false, true] {
      do {
        let ahead = ReadAhead<Int>(capacity: 1) { deliver in
          defer { ended.signal() }
          while true { try deliver(0) }
        }
        if takesOne { #expect(try ahead.next() == 0) }
      }
      #expect(ended.wait(timeout: .now() + 60) == .success)
    }
  }

  @Test func aBadSampleAfterTheFirstPatchIsReported() throws {
    let model = try ReferenceModel.version2.load()
    try withTemporaryFolder { folder in
      var samples = [Float](repeating: 0.1, count: 12 * 16000)
      samples[11 * 16000] = .nan
      let path = folder + "/bad.wav"
      try WAVFile.float32(samples).write(to: URL(filePath: path))
      let error = #expect(throws: AudioError.self) { try model.analyze(fileAt: path) }
      #expect(error?.description.contains("176000") == true, "\(error?.description ?? "")")
    }
  }

  @Test func moreAndFewerPatchesThanGoTogetherAreTheSameAsFromMemory() throws {
    let model = try ReferenceModel.version2.load()
    for hop in [0, 60, 200] {
      let request = AnalysisRequest(
        taps: [.logits, .blockOutput(layer: 3)], hopSize: hop, lastPatchMode: .repeat)
      let file = try model.analyze(fileAt: ReferenceModel.monoPath, request)
      let signal = try AudioLoader(sampleRate: 16000).load(ReferenceModel.monoPath)
      let memory = try model.analyze(signal, request)
      #expect(file.patches.map(\.patch) == memory.patches.map(\.patch))
      #expect(file.duration == memory.duration)
      for (one, other) in zip(file.patches, memory.patches) {
        expectIdentical(one.output.logits?.elements ?? [], other.output.logits?.elements ?? [.nan])
        expectIdentical(
          one.output[.blockOutput(layer: 3)]?.elements ?? [],
          other.output[.blockOutput(layer: 3)]?.elements ?? [.nan])
      }
    }
  }
}
