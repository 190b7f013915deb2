import MAESTAudio
import MAESTTestSupport
import Testing

/// The time that decoding may take.
struct DecodingBudgetTests {
  private final class Clock {
    var now = SuspendingClock.now
  }

  @Test func onlyTheTimeInTheDecoderCounts() throws {
    let clock = Clock()
    var budget = DecodingBudget(limit: .seconds(10)) { clock.now }
    for round in 0..<5 {
      let deadline = budget.begin()
      #expect(deadline?.instant == clock.now + .seconds(10 - 2 * round))
      #expect(deadline?.limit == .seconds(10))
      clock.now += .seconds(2)
      try budget.end(path: "a.wav", frameCount: round)
      // What is done with the samples.
      clock.now += .seconds(1000)
    }
    _ = budget.begin()
    clock.now += .nanoseconds(1)
    #expect(throws: AudioError.decodingTookTooLong(path: "a.wav", frameCount: 7, limit: .seconds(10))) {
      try budget.end(path: "a.wav", frameCount: 7)
    }
  }

  @Test func withoutALimitThereIsNoDeadline() throws {
    let clock = Clock()
    var budget = DecodingBudget(limit: nil) { clock.now }
    let deadline = budget.begin()
    #expect(deadline == nil)
    clock.now += .seconds(1_000_000)
    try budget.end(path: "a.wav", frameCount: 0)
  }

  @Test func decodingInProcessIsChecked() throws {
    let path = Fixtures.path("audio/short-16k.wav")
    let error = audioError { try AudioLoader(decodingTimeLimit: .zero).load(path) } as? AudioError
    #expect(error == .decodingTookTooLong(path: path, frameCount: 0, limit: .zero))
    #expect(try AudioLoader(decodingTimeLimit: .seconds(3600)).load(path).samples.count == 32000)
  }

  @Test(arguments: ["", "head -c 20 \"$folder/sound.wav\"", "exec 1>&- 2>&-"])
  func hangingFFmpegIsStopped(script: String) throws {
    let fake = try FakeFFmpeg()
    let limit = Duration.milliseconds(200)
    #expect(
      try fake.error("\(script)\nexec sleep 1000", decodingTimeLimit: limit)
        == .decodingTookTooLong(path: fake.input, frameCount: 0, limit: limit))
  }

  /// It never gives nothing for long, and never ends.
  @Test func tricklingFFmpegIsStopped() throws {
    let fake = try FakeFFmpeg()
    let limit = Duration.milliseconds(300)
    let script =
      "head -c 4000 \"$folder/sound.wav\"; while :; do head -c 4 /dev/zero || exit; sleep 0.01; done"
    guard case .decodingTookTooLong(fake.input, _, limit)? = try fake.error(script, decodingTimeLimit: limit)
    else {
      Issue.record("it is not stopped")
      return
    }
  }
}
