import MAESTFuzzing

/// An input that did not end as it should.
struct Failure: CustomStringConvertible {
  enum Kind {
    case crash(signal: Int32)
    case time
    case memory
    /// It failed after other inputs, and not when it was read alone.
    case notAgain(signal: Int32)
  }
  var kind: Kind
  var reader: Reader
  var seed: UInt64
  var index: Int
  var path: String
  var sources: [String]

  var description: String {
    let what =
      switch kind {
      case .crash(let signal): "crashed (signal \(signal))"
      case .time: "took more than \(Limits.seconds) s"
      case .memory: "allocated more than \(Limits.bytesPerInputByte) times its size and 64 MiB"
      case .notAgain(let signal): "failed (signal \(signal)), but not when it was read alone"
      }
    let files = sources.isEmpty ? "" : " " + sources.joined(separator: " ")
    return
      "FAILED: \(reader.rawValue) input \(index) \(what)\n  kept in \(path)\n  again: maest-fuzz run --reader "
      + "\(reader.rawValue) --seed \(seed) --first \(index) --count 1\(files)"
  }
}

/// What happened so far.
struct Tally {
  private static let progressInterval = 5000

  private struct Row {
    var converted = 0
    var refused = 0
    var longest = (index: 0, use: Limits.Use())
    var largest = (index: 0, kibibytes: 0)
  }

  private let readers: [Reader]
  private let total: Int
  private var rows: [Reader: Row] = [:]
  private var count = 0
  var failures: [Failure] = []

  init(readers: [Reader], total: Int) {
    self.readers = readers
    self.total = total
  }

  mutating func add(_ report: WorkerProcess.Report, _ reader: Reader) {
    var row = rows[reader] ?? Row()
    if report.isConverted { row.converted += 1 } else { row.refused += 1 }
    if report.use > row.longest.use { row.longest = (report.index, report.use) }
    if let memory = report.use.kibibytes, memory > row.largest.kibibytes {
      row.largest = (report.index, memory)
    }
    rows[reader] = row
    count += 1
  }

  /// A line to print now and then.
  var progress: String? {
    count % Self.progressInterval == 0 ? "\(count) of \(total) inputs, \(failures.count) failed" : nil
  }

  /// A table with a line for each reader.
  var summary: String {
    let header = ["reader", "inputs", "converted", "refused", "failed", "longest", "largest"]
    let lines = readers.map { reader in
      let row = rows[reader] ?? Row()
      let failed = failures.count { $0.reader == reader }
      return [
        reader.rawValue, "\(row.converted + row.refused + failed)", "\(row.converted)", "\(row.refused)",
        "\(failed)", "\(row.longest.use.microseconds / 1000) ms (input \(row.longest.index))",
        "\(row.largest.kibibytes / 1024) MiB (input \(row.largest.index))",
      ]
    }
    let widths = header.indices.map { column in ([header] + lines).map { $0[column].count }.max() ?? 0 }
    let table = ([header] + lines).map { line in
      zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return (table + (failures.isEmpty ? ["no failures"] : failures.map(\.description))).joined(
      separator: "\n")
  }
}
