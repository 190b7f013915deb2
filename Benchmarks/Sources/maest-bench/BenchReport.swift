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
    var lines = facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let width = measurements.map(\.name.count).reduce(0, max)
    lines.append("")
    lines.append(
      "".filled(width) + "  threads"
        + ["minimum", "median", "GFLOP/s", "of peak"].map { $0.atRight(11) }.joined())
    lines += measurements.map { $0.line(nameWidth: width) }
    if let memory {
      lines.append("")
      lines.append("memory: peak \(memory.peak.asMegabytes), private now \(memory.privateNow.asMegabytes)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Measurement {
  fileprivate func line(nameWidth: Int) -> String {
    let columns = [
      samples.minimum.asTime, samples.median.asTime, gigaflopPerSecond?.fixed(1) ?? "",
      fractionOfPeak.map { ($0 * 100).fixed(0) + " %" } ?? "",
    ]
    return name.filled(nameWidth) + String(threadCount).atRight(9) + columns.map { $0.atRight(11) }.joined()
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
}

extension Int {
  /// Bytes in megabytes, in words.
  var asMegabytes: String { (Double(self) / 1e6).fixed(1) + " MB" }
}

extension String {
  /// Spaces behind it up to a width.
  fileprivate func filled(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// Spaces before it up to a width.
  fileprivate func atRight(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
