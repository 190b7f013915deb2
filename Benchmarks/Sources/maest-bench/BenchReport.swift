import Foundation

/// The results of a command.
struct BenchReport: Encodable {
  /// What it ran on, and with what.
  let facts: [String: String]
  let measurements: [Measurement]
  let memory: ProcessMemory?

  init(facts: [(name: String, value: String)], measurements: [Measurement]) {
    self.facts = Dictionary(facts.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.measurements = measurements
    memory = ProcessMemory.current()
  }

  func write(json: Bool) throws {
    if json { try printNow(jsonLine(self)) } else { try printNow(text) }
  }

  private var text: String {
    let factLines = facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    guard !measurements.isEmpty else { return factLines.joined(separator: "\n") }
    var lines = factLines + [""]
    // Columns that nothing is in are left out.
    let columns: [(title: String, text: (Measurement) -> String?)] = [
      ("threads", { String($0.threadCount) }), ("minimum", { $0.samples.minimum.asTime }),
      ("median", { $0.samples.median.asTime }), ("GFLOP/s", { $0.gigaflopPerSecond?.fixed(1) }),
      ("GB/s", { $0.gigabytePerSecond?.fixed(1) }), ("of peak", { $0.fractionOfPeak?.asPercent }),
    ].filter { column in measurements.contains { column.text($0) != nil } }
    var table = TextTable(header: [""] + columns.map(\.title))
    table.rows += measurements.map { measurement in
      [measurement.name] + columns.map { $0.text(measurement) ?? "" }
    }
    lines += table.lines
    if let memory {
      lines += ["", "memory: peak \(memory.peak.asMegabytes), private now \(memory.privateNow.asMegabytes)"]
    }
    return lines.joined(separator: "\n")
  }
}

/// Encodes a value as one line of JSON with sorted keys.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Prints a line that a program at the other end of a pipe gets at once.
func printNow(_ line: String) throws {
  print(line)
  guard fflush(nil) == 0 else { throw BenchError.outputNotWritten(code: errno) }
}

/// Prints a message on standard error.
func printMessage(_ message: String) {
  // Where messages cannot be written there is nobody to tell it to.
  try? FileHandle.standardError.write(contentsOf: Data("maest-bench: \(message)\n".utf8))
}

extension Double {
  /// With so many digits after the point, whatever the locale.
  func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }

  /// A fraction in words: "85.3 %".
  var asPercent: String { (self * 100).fixed(1) + " %" }
}

extension Int {
  /// Bytes in megabytes, in words.
  var asMegabytes: String { (Double(self) / 1e6).fixed(1) + " MB" }
}
