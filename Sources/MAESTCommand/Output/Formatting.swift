import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

/// Formats a number with the given number of decimals, independent of the locale.
func fixed(_ value: Float, digits: Int) -> String {
  String(format: "%.\(digits)f", Double(value))
}

/// "1 patch", "2 patches".
func patches(_ count: Int) -> String { count == 1 ? "1 patch" : "\(count) patches" }

extension EngineOptions.Precision {
  /// Suffix for the title line of a table, such as ", fast"; empty for `exact`.
  var remark: String { self == .exact ? "" : ", \(rawValue)" }
}

/// Prints a line for people to standard output: control characters are escaped.
func printLine(_ line: String) { print(line.printable) }

/// Formats rows as lines with aligned columns; the columns in `numbers` are right-aligned. Control characters are escaped.
func tableLines(_ rows: [[String]], numbers: ClosedRange<Int>) -> [String] {
  let rows = rows.map { $0.map(\.printable) }
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = zip(row, widths).enumerated().map { column, cell in
      let padding = String(repeating: " ", count: cell.1 - cell.0.count)
      return numbers.contains(column) ? padding + cell.0 : cell.0 + padding
    }
    return cells.joined(separator: "  ").replacing(#/ +$/#, with: "")
  }
}

/// Truncates a number to an integer; returns 0 for NaN and clamps numbers out of range.
func wholeNumber(_ value: Double) -> Int {
  Int(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : value < 0 ? .min : 0)
}

/// A bar of 20 characters, filled from the left: "=======>            ".
func progressBar(_ fraction: Double) -> String {
  let (width, filled) = (20, max(0, wholeNumber(fraction * 20)))
  guard filled < width else { return String(repeating: "=", count: width) }
  return String(repeating: "=", count: filled) + ">" + String(repeating: " ", count: width - filled - 1)
}

/// Formats seconds as minutes and seconds, "2:05", with hours from one hour on, "1:02:05".
func clock(_ seconds: Double) -> String {
  let whole = wholeNumber(seconds.rounded(.up))
  func padded(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return (hours > 0 ? "\(hours):\(padded(minutes))" : "\(minutes)") + ":\(padded(whole % 60))"
}

/// Formats a number with thousands separators: "2,000".
func grouped(_ count: Int) -> String {
  let digits = String(count)
  return digits.indices.reduce(into: "") { text, index in
    let rest = digits.distance(from: index, to: digits.endIndex)
    if rest % 3 == 0, index != digits.startIndex { text += "," }
    text.append(digits[index])
  }
}

/// Encodes a value as one line of JSON with keys in snake_case.
func jsonLine(_ value: some Encodable) throws -> String { try SortedJSON.text(value, keys: .snakeCase) }

/// Prints a line and flushes standard output, so that the reader of a pipe gets it at once.
func printNow(_ line: String) throws {
  print(line)
  try StandardOutput.flush()
}
