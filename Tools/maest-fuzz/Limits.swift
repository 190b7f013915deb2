import Foundation
import MAESTFuzzing

/// What one input may take, and what it took.
enum Limits {
  static let seconds = 5
  static let bytesPerInputByte = 4
  static let freeBytes = 64 << 20

  /// Time and memory that an input took; memory is what the process had in use beyond what it had before, at
  /// its highest, or nil where the system does not tell.
  struct Use: Comparable, CustomStringConvertible {
    var microseconds = 0
    var kibibytes: Int?

    var description: String {
      let memory = kibibytes.map { "\(($0 + 512) / 1024) MiB" } ?? "memory not known"
      return "\(Double(microseconds) / 1000) ms, \(memory)"
    }

    static func < (a: Use, b: Use) -> Bool { a.microseconds < b.microseconds }
  }

  /// Has the process end in some seconds; with whatever signals the one that started it has blocked.
  private static func startAlarm() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGALRM)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGALRM, SIG_DFL)
    alarm(UInt32(seconds))
  }

  /// Runs `body` so that the process ends where it takes too long (by SIGALRM) or allocates too much (an allocation
  /// fails, and the process crashes).
  static func enforced(
    byteCount: Int, memory: Bool, _ body: () -> Reader.Result
  ) -> (result: Reader.Result, use: Use) {
    let before = Memory.residentSize(resettingPeak: true)
    if memory { Memory.allow(bytesPerInputByte * byteCount + freeBytes) }
    startAlarm()
    let start = ContinuousClock.now
    let result = body()
    let duration = ContinuousClock.now - start
    alarm(0)
    if memory { Memory.allow(nil) }
    let peak = Memory.peakSize()
    let microseconds = Int(duration / .microseconds(1))
    return (result, Use(microseconds: microseconds, kibibytes: before.flatMap { b in peak.map { $0 - b } }))
  }
}

#if canImport(Glibc)
  import Glibc

  /// The memory of this process, as the Linux kernel counts it.
  private enum Memory {
    /// Lets the process have `byteCount` more of private memory than it has now; nil: any amount.
    static func allow(_ byteCount: Int?) {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
      limit.rlim_cur = limit.rlim_max
      if let byteCount, let data = status("VmData") {
        limit.rlim_cur = min(rlim_t(1024 * data + byteCount), limit.rlim_max)
      }
      setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    }

    /// KiB in physical memory.
    static func residentSize(resettingPeak: Bool) -> Int? {
      if resettingPeak, let file = fopen("/proc/self/clear_refs", "w") {
        fputs("5", file)
        fclose(file)
      }
      return status("VmRSS")
    }

    static func peakSize() -> Int? { status("VmHWM") }

    static func privateSize() -> Int? { status("VmData") }

    /// A line of the process's status, in KiB.
    private static func status(_ name: String) -> Int? {
      guard let file = fopen("/proc/self/status", "r") else { return nil }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      while fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix(name + ":") else { continue }
        return text.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
      }
      return nil
    }
  }

  extension Limits {
    /// KiB of private memory that the process has.
    static var privateMemory: Int? { Memory.privateSize() }
  }
#else
  /// Other systems do not limit a process's memory in a way that can be moved; only time is limited there.
  private enum Memory {
    static func allow(_ byteCount: Int?) {}
    static func residentSize(resettingPeak: Bool) -> Int? { nil }
    static func peakSize() -> Int? { nil }
  }

  extension Limits {
    static var privateMemory: Int? { nil }
  }
#endif
