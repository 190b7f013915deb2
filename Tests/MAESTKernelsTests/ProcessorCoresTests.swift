import MAESTKernels
import Testing

/// Physical cores behind the processors that are allowed.
@Suite struct ProcessorCoresTests {
  /// Four cores of two threads each: processors 0 and 4 are one core, 1 and 5, and so on.
  private func siblings(_ path: String) -> String? {
    for processor in 0..<8
    where path == "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list" {
      return "\(processor % 4),\(processor % 4 + 4)\n"
    }
    return nil
  }

  @Test(arguments: [
    ("0-7", 4), ("0-3", 4), ("0,4", 1), ("0-1,4", 2), ("7", 1), ("2,3,6-7", 2),
    // Beyond what the system describes, each is a core of its own.
    ("0-9", 6),
  ])
  func threadsOfOneCoreCountOnce(list: String, cores: Int) {
    let status = "Name:\tmaest\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)\nMems_allowed:\t1\n"
    #expect(ProcessorCores.count(status: status, read: siblings) == cores)
  }

  @Test(arguments: [
    "", "Cpus_allowed_list:\t", "Cpus_allowed_list:\tx", "Cpus_allowed_list:\t3-1",
    "Cpus_allowed_list:\t0-1-2",
  ])
  func whatIsNoListTellsNothing(status: String) {
    #expect(ProcessorCores.count(status: status, read: siblings) == nil)
  }

  #if os(Linux)
    @Test func thisMachineHasAtLeastOne() throws {
      #expect(try #require(ProcessorCores.countAllowed()) >= 1)
      #expect(ProcessorCount.available() <= (ProcessorCores.countAllowed() ?? 0))
    }
  #endif
}
