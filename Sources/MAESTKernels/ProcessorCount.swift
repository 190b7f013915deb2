internal import CKernels

/// The processors that this process may use.
package enum ProcessorCount {
  /// The least of the physical cores that the scheduler allows (processors where the system does not tell the
  /// cores) and the container's quota, at least 1.
  package static func available() -> Int {
    let scheduled = Int(ckernels_scheduled_cpu_count())
    let cores = min(scheduled, ProcessorCores.countAllowed() ?? scheduled)
    guard let quota = ProcessorQuota.ofThisProcess() else { return cores }
    return min(cores, quota.processorCount)
  }
}
