internal import CKernels

/// The CPUs that this process may use.
package enum ProcessorCount {
  /// The least of the CPUs that the scheduler allows and the container's quota, at least 1.
  package static func available() -> Int {
    let scheduled = Int(ckernels_scheduled_cpu_count())
    guard let quota = ProcessorQuota.ofThisProcess() else { return scheduled }
    return min(scheduled, quota.processorCount)
  }
}
