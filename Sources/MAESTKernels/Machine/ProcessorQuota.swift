/// The CPU time that a Linux control group (cgroup) grants its processes: a container's CPU limit.
package struct ProcessorQuota: Equatable {
  /// CPU time per wall-clock time: 1.5 for one and a half CPUs.
  package let processors: Double

  /// The quota in whole CPUs, rounded up, at least 1.
  package var processorCount: Int { max(Int(min(processors.rounded(.up), 65536)), 1) }

  /// The lowest quota for this process, in version 2 or version 1 of the control groups.
  package static func ofThisProcess() -> ProcessorQuota? {
    #if os(Linux)
      guard let membership = TextFile.contents(of: "/proc/self/cgroup") else { return nil }
      return strictest(membership: membership, read: TextFile.contents)
    #else
      return nil
    #endif
  }

  /// The lowest quota of the groups that a process is in and of their parents.
  ///
  /// - Parameters:
  ///   - membership: the text of /proc/self/cgroup: lines `number:controllers:path`.
  ///   - read: returns a file's text; nil if there is no such file.
  package static func strictest(membership: String, read: (String) -> String?) -> ProcessorQuota? {
    var found: [ProcessorQuota] = []
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let controllers = fields[1].split(separator: ",")
      for path in pathAndParents(fields[2]) {
        if controllers.isEmpty {
          if let text = read("/sys/fs/cgroup\(path)/cpu.max"), let quota = ProcessorQuota(max: text) {
            found.append(quota)
          }
        } else if controllers.contains("cpu") {
          let folder = "/sys/fs/cgroup/cpu\(path)"
          if let quota = read("\(folder)/cpu.cfs_quota_us"),
            let period = read("\(folder)/cpu.cfs_period_us"),
            let quota = ProcessorQuota(quota: quota, period: period)
          {
            found.append(quota)
          }
        }
      }
    }
    return found.min { $0.processors < $1.processors }
  }

  package init(processors: Double) { self.processors = processors }

  /// Reads version 2's cpu.max: "150000 100000", or "max 100000" without a limit.
  package init?(max text: String) {
    let fields = text.split { $0.isWhitespace }
    guard fields.count == 2 else { return nil }
    self.init(quota: String(fields[0]), period: String(fields[1]))
  }

  /// Reads version 1's two files, in microseconds; a quota of -1 means no limit.
  package init?(quota: String, period: String) {
    guard let quota = Self.number(quota), let period = Self.number(period), quota > 0, period > 0 else {
      return nil
    }
    processors = Double(quota) / Double(period)
  }

  private static func number(_ text: String) -> Int? {
    text.split { $0.isWhitespace }.first.flatMap { Int($0) }
  }

  /// "/a/b" gives "/a/b", "/a" and "".
  private static func pathAndParents(_ path: Substring) -> [String] {
    var names = path.split(separator: "/")
    var paths: [String] = []
    while !names.isEmpty {
      paths.append(names.reduce(into: "") { $0 += "/" + $1 })
      names.removeLast()
    }
    return paths + [""]
  }
}
