import MAESTKernels
import Testing

/// A container's CPU limit, from the texts that Linux shows.
struct ProcessorQuotaTests {
  @Test(arguments: [
    ("150000 100000\n", 2), ("100000 100000", 1), ("50000 100000", 1), ("1000000 100000", 10),
  ])
  func quotasAreRoundedUp(text: String, count: Int) {
    #expect(ProcessorQuota(max: text)?.processorCount == count)
  }

  @Test(arguments: ["max 100000\n", "", "100000", "-1 100000", "5 0", "a b", "1 2 3"])
  func anythingElseIsNoQuota(text: String) {
    #expect(ProcessorQuota(max: text) == nil)
  }

  @Test func versionTwoCountsTheGroupsAround() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000", "/sys/fs/cgroup/a/cpu.max": "250000 100000",
      "/sys/fs/cgroup/cpu.max": "400000 100000",
    ]
    let quota = ProcessorQuota.strictest(membership: "0::/a/b\n") { files[$0] }
    #expect(quota == ProcessorQuota(processors: 2.5))
    #expect(ProcessorQuota.strictest(membership: "0::/\n") { files[$0] }?.processorCount == 4)
  }

  @Test func versionOne() {
    let files = [
      "/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": "30000\n",
      "/sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "20000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    let membership = "9:name=systemd:/box\n4:cpu,cpuacct:/box\n3:cpuset:/box\n0::/\n"
    #expect(
      ProcessorQuota.strictest(membership: membership) { files[$0] } == ProcessorQuota(processors: 1.5))
    #expect(ProcessorQuota.strictest(membership: "4:cpu,cpuacct:/\n") { files[$0] } == nil)
  }

  @Test func noGroupsNoQuota() {
    #expect(ProcessorQuota.strictest(membership: "") { _ in "100000 100000" } == nil)
    #expect(ProcessorQuota.strictest(membership: "nonsense") { _ in "100000 100000" } == nil)
  }
}
