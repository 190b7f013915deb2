/// One thing to time.
struct BenchmarkCase {
  let name: String
  let threadCount: Int
  /// 10^9 operations in one run; nil where counting them means nothing.
  var gigaflop: Double?
  /// 10^9 bytes that one run reads and writes, where that is all that it does.
  var gigabyte: Double?
  /// Whether it shows what the cores can do at most, and is what the others are measured against.
  var isPeak = false
  /// Whether its products are of vectors in single precision, as those of the peak are.
  var hasPeak = true
  let run: () throws -> Void
}

/// What timing a case gave.
struct Measurement: Encodable {
  let name: String
  let threadCount: Int
  /// Of one run.
  let samples: Samples
  let gigaflop: Double?
  /// At the median.
  let gigaflopPerSecond: Double?
  let gigabytePerSecond: Double?
  /// Of what the peak case with as many threads reached at its median, if there was one.
  var fractionOfPeak: Double?

  init(_ benchmark: BenchmarkCase, _ samples: Samples) {
    name = benchmark.name
    threadCount = benchmark.threadCount
    self.samples = samples
    gigaflop = benchmark.gigaflop
    gigaflopPerSecond = benchmark.gigaflop.map { $0 / samples.median }
    gigabytePerSecond = benchmark.gigabyte.map { $0 / samples.median }
  }
}

/// Times cases in turns, so that a slow minute of the machine hits all of them.
struct Interleaver {
  let roundCount: Int
  /// What is shorter is run several times for one sample.
  var shortestSample = 0.02
  /// Told before each round; 0 is the one that warms up and is not counted.
  var progress: (_ round: Int) -> Void = { _ in }

  func measure(_ cases: [BenchmarkCase]) throws -> [Measurement] {
    progress(0)
    let repetitions = try cases.map { benchmark in
      // The second run tells the time: the first one meets cold caches.
      let first = try seconds(benchmark.run)
      let time = first < shortestSample ? try seconds(benchmark.run) : first
      return max(1, Int((shortestSample / max(time, 1e-9)).rounded(.up)))
    }
    var times = [[Double]](repeating: [], count: cases.count)
    var generator = SplitMix64(seed: 1)
    for round in 1...roundCount {
      progress(round)
      // In another order each time, so that no case always follows the same one.
      for index in cases.indices.shuffled(using: &generator) {
        let count = repetitions[index]
        times[index].append(try seconds { for _ in 0..<count { try cases[index].run() } } / Double(count))
      }
    }
    return relatedToPeak(zip(cases, times).map { ($0, Measurement($0, Samples($1))) })
  }

  private func relatedToPeak(_ results: [(benchmark: BenchmarkCase, measurement: Measurement)])
    -> [Measurement]
  {
    let peaks = results.filter(\.benchmark.isPeak).map(\.measurement)
    return results.map { benchmark, measurement in
      guard benchmark.hasPeak else { return measurement }
      var measurement = measurement
      let peak = peaks.first { $0.threadCount == measurement.threadCount }?.gigaflopPerSecond
      if let peak, let speed = measurement.gigaflopPerSecond { measurement.fractionOfPeak = speed / peak }
      return measurement
    }
  }
}
