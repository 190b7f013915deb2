import Foundation

/// This process's memory, as Linux accounts for it.
struct ProcessMemory: Encodable {
  /// The most that was ever resident, mapped files included; in bytes.
  let peak: Int
  /// What is resident now and no file's; in bytes.
  let privateNow: Int

  /// nil where the system has no `/proc`.
  static func current() -> ProcessMemory? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    func bytes(_ field: String) -> Int? {
      let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map {
        $0 * 1024
      }
    }
    guard let peak = bytes("VmHWM"), let privateNow = bytes("RssAnon") else { return nil }
    return ProcessMemory(peak: peak, privateNow: privateNow)
  }
}
