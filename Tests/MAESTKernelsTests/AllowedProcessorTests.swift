#if os(Linux)
  import Foundation
  import MAESTKernels
  import Testing

  /// The number of threads that is chosen where none is asked for follows the processors that the scheduler allows.
  @Suite struct AllowedProcessorTests {
    /// The processors that the scheduler may place this process on, by the system's own file.
    private static func allowed() throws -> [Int] {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
      let ranges = line.dropFirst("Cpus_allowed_list:".count).trimmingCharacters(in: .whitespaces)
      return ranges.split(separator: ",").flatMap { range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        return Array((ends.first ?? 0)...(ends.last ?? 0))
      }
    }

    /// The system's call, which Swift's module of the C library leaves out: a thread (0: the calling one), and bits.
    private typealias SetAffinity = @convention(c) (Int32, Int, UnsafePointer<UInt8>) -> Int32

    private static func setAffinity() throws -> SetAffinity {
      unsafeBitCast(try #require(dlsym(nil, "sched_setaffinity")), to: SetAffinity.self)
    }

    /// Runs `body` on a thread that the scheduler may place on some processors only.
    private static func onThread(allowing processors: [Int], _ body: @escaping @Sendable () -> Int)
      throws -> Int?
    {
      let setAffinity = try setAffinity()
      nonisolated(unsafe) var result: Int?
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        var bits = [UInt8](repeating: 0, count: 1024)
        for processor in processors { bits[processor / 8] |= 1 << (processor % 8) }
        if setAffinity(0, bits.count, bits) == 0 { result = body() }
        done.signal()
      }
      done.wait()
      return result
    }

    @Test func oneProcessorIsOneThread() throws {
      for processor in try Self.allowed().prefix(4) {
        let found = try Self.onThread(allowing: [processor]) {
          (try? Compute(backend: .reference).threadCount) ?? -1
        }
        #expect(found == 1, "processor \(processor)")
      }
    }

    /// Processors of different cores each count, unless a container's quota allows fewer; those of one core count once.
    @Test func theCoresOfTheProcessorsAllowed() throws {
      let cores = Dictionary(grouping: try Self.allowed()) { processor in
        let path = "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list"
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? "\(processor)"
      }
      let most = ProcessorQuota.ofThisProcess()?.processorCount ?? .max
      let firsts = cores.values.compactMap(\.first).sorted()
      for count in 1...min(firsts.count, 4) {
        let found = try Self.onThread(allowing: Array(firsts.prefix(count))) { ProcessorCount.available() }
        #expect(found == min(count, most))
      }
      for siblings in cores.values.prefix(4) {
        let found = try Self.onThread(allowing: siblings) { ProcessorCount.available() }
        #expect(found == 1, "processors \(siblings) of one core")
      }
    }
  }
#endif
