#if canImport(Darwin)
  internal import CKernels
#endif

/// The physical cores of the operating system's logical processors.
///
/// Two logical processors may be two hardware threads of one core (hyperthreading). They share the core's arithmetic
/// units, and one thread of these kernels keeps those busy.
package enum ProcessorCores {
  /// The number of cores that the scheduler may place the calling thread on; nil if the system does not tell.
  package static func countAllowed() -> Int? {
    #if os(Linux)
      guard let status = TextFile.contents(of: "/proc/thread-self/status") else { return nil }
      return count(status: status, read: TextFile.contents)
    #elseif canImport(Darwin)
      let count = Int(ckernels_physical_core_count())
      return count > 0 ? count : nil
    #else
      return nil
    #endif
  }

  /// The number of cores of the processors that a thread's status allows.
  ///
  /// - Parameters:
  ///   - status: the text of /proc/thread-self/status.
  ///   - read: returns a file's text; nil if there is no such file.
  package static func count(status: String, read: (String) -> String?) -> Int? {
    let key = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
      let processors = numbers(inList: line.dropFirst(key.count)), !processors.isEmpty
    else { return nil }
    let cores = processors.map { processor in
      read("/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list") ?? "\(processor)\n"
    }
    return Set(cores).count
  }

  /// "0-2,5" gives 0, 1, 2 and 5; nil for anything else.
  private static func numbers(inList list: Substring) -> [Int]? {
    var numbers: [Int] = []
    for part in list.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, 0 <= first, first <= last,
        last < 1 << 16
      else { return nil }
      numbers += first...last
    }
    return numbers
  }
}
